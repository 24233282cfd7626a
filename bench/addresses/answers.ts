/** Whether a peer gave our answer. Its time counts in any case, but the report names it when it did not. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Case } from "./cases.ts";

const require = createRequire(import.meta.url);
const core = join(dirname(require.resolve("pulumi-msem")), "core", "ip", "index.js");
const ip = require(core) as typeof import("../../provider/core/ip/index.ts");

/** Undefined when it is the same; otherwise how it differs, to go after the peer's name. */
export function differenceOf(
  kind: Case["answer"],
  ours: readonly string[],
  theirs: readonly string[],
): string | undefined {
  if (kind === "list") {
    const differing = ours.filter((answer, index) => answer !== theirs[index]).length;
    if (ours.length === theirs.length && differing === 0) return undefined;
    return `answers otherwise for ${differing} of ${ours.length}`;
  }
  const [a, b] = [ip.parseSet(ours), ip.parseSet(theirs)];
  const [wrong] = b.problems;
  if (wrong !== undefined) return `gives what is no prefix: ${wrong.message}`;
  if (!ip.equalSets(a.set, b.set)) {
    const [more, fewer] = [ip.difference(b.set, a.set), ip.difference(a.set, b.set)].map(ip.countAddresses);
    return `gives other addresses: ${more} more, ${fewer} fewer`;
  }
  return ours.length === theirs.length ? undefined : `needs ${theirs.length} prefixes where ${ours.length} are enough`;
}
