import { tenableTarget } from "../../../provider/vendors/tenable/allowlist";
import { type TenableStore, tenableEmulator } from "../../../provider/vendors/tenable/emulator";
import { canary, defineProfile } from "../profile";

const keys = { accessKey: "c".repeat(64), secretKey: `${canary}-tenable` };
const caller = "198.51.100.7/32";

const texts = (list: string) => list.split(",").flatMap((text) => (text.trim() === "" ? [] : [text.trim()]));
const fieldOf = (block: string) => (block.includes(":") ? "allowedIpv6" : "allowedIpv4");
const canonical = (text: string) => (/[/-]/.test(text) ? text : `${text}/${text.includes(":") ? 128 : 32}`);

function prepare(store: TenableStore): void {
  store.users = [{ ...keys, role: 64 }];
  store.allowedIpv4 = "";
  store.allowedIpv6 = "";
}

export const tenable = defineProfile<TenableStore>({
  descriptor: tenableTarget,
  emulator: tenableEmulator,
  target: (url) => ({ kind: "tenable", ...keys, endpoint: url }),
  restrict: (store) => {
    prepare(store);
    // As a person would have entered them: a bare address, a range.
    store.allowedIpv4 = "198.51.100.7, 203.0.113.10-203.0.113.20";
    store.allowedIpv6 = "2001:db8:ffff::/48";
  },
  unrestrict: prepare,
  admitted: (store) => [...texts(store.allowedIpv4), ...texts(store.allowedIpv6)].map(canonical).sort(),
  addForeign: (store, block) => {
    store[fieldOf(block)] = [...texts(store[fieldOf(block)]), block].join(", ");
  },
  remove: (store, block) => {
    const left = texts(store[fieldOf(block)]).filter((text) => canonical(text) !== block);
    store[fieldOf(block)] = left.join(", ");
  },
  writes: (method) => method === "PUT",
  caller,
});
