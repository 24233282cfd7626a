/** Our own reading, out of the built package. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const dist = dirname(require.resolve("pulumi-msem"));

export const msemCommand = join(dist, "..", "bin", "msem.js");
export const ip = require(join(dist, "core", "ip", "index.js")) as typeof import("../../provider/core/ip/index.ts");
export const allowlist = require(
  join(dist, "core", "allowlist", "index.js"),
) as typeof import("../../provider/core/allowlist/index.ts");
export const firewalls = require(
  join(dist, "firewalls", "index.js"),
) as typeof import("../../provider/firewalls/index.ts");

type Model = ReturnType<typeof firewalls.readConfig>["model"];

/** What is surely in a list, and whether anything in it cannot be resolved. */
export function membersOf(model: Model, list: string) {
  const sets = model.sets.filter(({ name }) => name === list);
  const entries = sets.map(({ id }) => ({ text: id, line: 1, term: { kind: "set", id } as const }));
  const { sure, unknowns } = allowlist.resolver(model).resolve({ entries });
  return { sure, undecided: unknowns.length > 0 };
}
