import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Lists } from "../inputs.ts";
import { type TagInput, task } from "../task.ts";

// What users get: the compiled package, whose core is not among its entry points.
const require = createRequire(import.meta.url);
const core = join(dirname(require.resolve("pulumi-msem")), "core");
const ip = require(join(core, "ip", "index.js")) as typeof import("../../../provider/core/ip/index.ts");
const tags = require(
  join(core, "servicetags", "index.js"),
) as typeof import("../../../provider/core/servicetags/index.ts");

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
};
