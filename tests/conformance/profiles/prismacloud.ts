import { prismaCloudTarget } from "../../../provider/vendors/prismacloud/allowlist";
import { type PrismaStore, prismaCloudEmulator } from "../../../provider/vendors/prismacloud/emulator";
import { canary, defineProfile } from "../profile";

const key = { accessKeyId: "0f5c7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00", secretKey: `${canary}-prisma` };
const caller = "198.51.100.7/32";

function prepare(store: PrismaStore): void {
  store.keys = [key];
  store.enabled = false;
  store.lists = [];
}

/** Into the last list of the tenant's own that has room, else into a new one. */
function enter(store: PrismaStore, block: string): void {
  const own = store.lists.filter(({ name, cidr }) => name.startsWith("offices") && cidr.length < 10).at(-1);
  if (own !== undefined) own.cidr.push(block);
  else {
    let number = 1;
    while (store.lists.some(({ name }) => name === `offices ${number}`)) number++;
    store.lists.push({
      id: `offices-${number}`,
      name: `offices ${number}`,
      description: "entered by a person",
      cidr: [block],
      lastModifiedTs: 0,
      hiddenFor: 0,
    });
  }
}

export const prismaCloud = defineProfile<PrismaStore>({
  descriptor: prismaCloudTarget,
  emulator: prismaCloudEmulator,
  target: (url) => ({ kind: "prismaCloud", ...key, endpoint: url }),
  restrict: (store) => {
    prepare(store);
    enter(store, caller);
    enter(store, "203.0.113.0/24");
    store.enabled = true;
  },
  unrestrict: prepare,
  admitted: (store) => store.lists.flatMap(({ cidr }) => cidr).sort(),
  addForeign: enter,
  remove: (store, block) => {
    for (const list of store.lists) list.cidr = list.cidr.filter((text) => text !== block);
    store.lists = store.lists.filter(({ cidr }) => cidr.length > 0);
  },
  writes: (method, path) => path !== "/login" && method !== "GET",
  expireTokens: (store) => {
    store.signingKey = `${store.signingKey}x`;
  },
  caller,
});
