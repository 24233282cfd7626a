import { serviceNowTarget } from "../../../provider/vendors/servicenow/allowlist";
import {
  type ServiceNowRow,
  type ServiceNowStore,
  serviceNowEmulator,
} from "../../../provider/vendors/servicenow/emulator";
import { canary, defineProfile } from "../profile";

const login = { username: "allowlist.admin", password: `${canary}-servicenow` };
const caller = "198.51.100.7/32";

const numberOf = (address: string) => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
const addressOf = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** First and last address of a canonical text: a prefix or a range. */
export function boundsOf(block: string): [string, string] {
  const [first = "", last] = block.split("-");
  if (last !== undefined) return [first, last];
  const [network = "", bits = "32"] = block.split("/");
  return [network, addressOf(numberOf(network) + 2 ** (32 - Number(bits)) - 1)];
}

/** The other way: a prefix where the range is one. */
export function blockOf({ range_start, range_end }: Pick<ServiceNowRow, "range_start" | "range_end">): string {
  const size = numberOf(range_end) - numberOf(range_start) + 1;
  const bits = 32 - Math.log2(size);
  return Number.isInteger(bits) && numberOf(range_start) % size === 0
    ? `${range_start}/${bits}`
    : `${range_start}-${range_end}`;
}

function enter(store: ServiceNowStore, block: string, type = "allow"): void {
  const [range_start, range_end] = boundsOf(block);
  const idOf = (number: number) => `entered${number}`.padEnd(32, "z");
  let number = 1;
  while (store.rows.some(({ sys_id }) => sys_id === idOf(number))) number++;
  store.rows.push({
    sys_id: idOf(number),
    type,
    direction: "inbound",
    active: "true",
    range_start,
    range_end,
    description: "entered by a person",
    sys_updated_on: "2026-11-01 00:00:00",
  });
}

function prepare(store: ServiceNowStore): void {
  store.users = [{ ...login, roles: ["admin"] }];
  store.rows = [];
}

export const serviceNow = defineProfile<ServiceNowStore>({
  descriptor: serviceNowTarget,
  emulator: serviceNowEmulator,
  target: (url) => ({ kind: "serviceNow", endpoint: url, authentication: { kind: "basic", ...login } }),
  restrict: (store) => {
    prepare(store);
    enter(store, caller);
    enter(store, "203.0.113.10-203.0.113.20");
    enter(store, "0.0.0.0-255.255.255.255", "deny");
  },
  unrestrict: prepare,
  admitted: (store) =>
    store.rows
      .filter(({ type, active }) => type === "allow" && active === "true")
      .map(blockOf)
      .sort(),
  addForeign: (store, block) => enter(store, block),
  remove: (store, block) => {
    store.rows = store.rows.filter((row) => row.type !== "allow" || blockOf(row) !== block);
  },
  writes: (method, path) => path !== "/oauth_token.do" && method !== "GET",
  expireTokens: (store) => {
    store.signingKey = `${store.signingKey}x`;
  },
  pageSize: 250,
  caller,
});
