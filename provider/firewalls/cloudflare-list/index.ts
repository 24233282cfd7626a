/** Custom lists of Cloudflare (`ip.src in $scuba`). */
import { defineFormat } from "../../core/allowlist/index";
import { items, type JsonNode, member, readJson } from "../json";

const itemNames = /^(id|ip|comment|created_on|modified_on|hostname|asn|redirect)$/;

function isItem(node: JsonNode): boolean {
  if (node.kind !== "object") return false;
  const names = [...node.members.keys()];
  return names.every((name) => itemNames.test(name)) && names.some((name) => /^(ip|hostname|asn|redirect)$/.test(name));
}

function detect(head: string): number {
  if (!/^\s*[[{]/.test(head)) return 0;
  const { root } = readJson(head);
  const result = member(root, "result");
  const [first] = items(root);
  const pages = [result, root, member(root, "items"), member(first, "result"), member(first, "items")];
  // The last item may be cut off: the head is a part of the file.
  if (pages.some((page) => items(page).length > 0 && items(page).slice(0, 20).some(isItem))) return 0.92;
  const list = [result, items(result)[0], root, first];
  const isList = list.some((node) => ["kind", "num_items"].every((name) => member(node, name) !== undefined));
  return isList ? 0.92 : 0;
}

export const cloudflareList = defineFormat({
  id: "cloudflare-list",
  displayName: "Cloudflare list",
  exported: "`GET /accounts/ACCOUNT/rules/lists/LIST/items` of the API, all pages; or the body of a PUT to it",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    // IPv6 is documented in two ways: /12 to /128, and in an older page /4 to /64.
    shortest: { ipv4: 8, ipv6: 12 },
    maxEntries: 10_000,
    hostBits: "refused",
    source:
      "Cloudflare documentation, custom lists; of IPv6 an older page says /4 to /64 only, so try one /124 first; 10,000 items are for all lists of an account together",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseCloudflareList } = require("./parse") as typeof import("./parse");
    const { refuseCloudflareList, renderCloudflareList } = require("./render") as typeof import("./render");
    return { parse: parseCloudflareList, refuse: refuseCloudflareList, render: renderCloudflareList };
  },
});
