import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Lists } from "../inputs.ts";
import { type PlanInput, type TagInput, task, type WeeksInput } from "../task.ts";

// What users get: the compiled package, whose core is not among its entry points.
const require = createRequire(import.meta.url);
const core = join(dirname(require.resolve("pulumi-msem")), "core");
const ip = require(join(core, "ip", "index.js")) as typeof import("../../../provider/core/ip/index.ts");
const tags = require(
  join(core, "servicetags", "index.js"),
) as typeof import("../../../provider/core/servicetags/index.ts");

const plans = require(join(core, "targets", "plan.js")) as typeof import("../../../provider/core/targets/plan.ts");
const lists = require(
  join(core, "targets", "entries.js"),
) as typeof import("../../../provider/core/targets/entries.ts");

/** Rows with marks, as ServiceNow has them. */
const rows = {
  families: ["ipv4", "ipv6"],
  forms: ["prefix"],
  granularity: { kind: "entry" },
  ownership: "mark",
  compartments: "whole",
  emptyMeans: "harmless",
  selfLockoutGuard: "none",
  maxEntries: 20_000,
  concurrency: "none",
  source: "made up",
  lastVerified: "never",
} as const;
const policy = { mode: "additive", startEnforcement: false, adopt: false, caller: [] } as const;

let observed: import("../../../provider/core/targets/entries.ts").ObservedEntry[] | undefined;

function read(texts: readonly string[]): ReturnType<typeof ip.parseSet>["set"] {
  const { set, problems } = ip.parseSet(texts);
  if (problems.length > 0) throw new Error(problems[0]?.message);
  return set;
}

export const tasks = {
  merge: task(({ a }: Lists) => ip.formatSet(read(a))),
  difference: task(({ a, b }: Lists) => ip.formatSet(ip.difference(read(a), read(b)))),
  coverage: task(
    ({ a, b }: Lists) => {
      const blocks = b.map((text) => {
        const parsed = ip.parseEntry(text);
        if (!parsed.ok) throw new Error(parsed.problem.message);
        return parsed.value;
      });
      return ip.coverage(read(a), blocks);
    },
    (answers) => answers.map((answer) => (answer === "full" ? "covered" : "not")),
  ),
  serviceTag: task(
    ({ text, tag }: TagInput) => tags.resolveServiceTag(tags.parseServiceTags(text, "the file"), tag),
    ({ prefixes }) => prefixes.map(ip.formatPrefix),
  ),
  tagsDiff: task(
    ({ before, after }: WeeksInput) =>
      tags.diffDocuments(tags.parseServiceTags(before, "before"), tags.parseServiceTags(after, "after")),
    ({ changed }) => changed.map(({ serviceTag }) => serviceTag).sort(),
  ),
  plan: task(
    (input: PlanInput) => {
      // Read once: reading the product's list is not planning.
      observed ??= input.entries.map(({ text, marked }, index) =>
        lists.observedEntry(text, { id: `row-${index}`, marked }),
      );
      return plans.planAllowlist({
        desired: input.desired,
        observed: { entries: observed, enforced: { ipv4: true, ipv6: true } },
        owned: new Set(),
        capability: rows,
        policy,
      });
    },
    (plan) => plans.writesOf(plan).map(({ verb, block }) => `${verb} ${block.text}`),
  ),
};
