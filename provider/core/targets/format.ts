/** A plan as text for people: one line for each change, what is left in counts, then warnings and refusals. */
import type { Add, Edit, Keep, Plan, PlanRefusal } from "./plan";

const signs = { add: "+", update: "~", remove: "-" } as const;

/** What a plan does, in the parts that a report is made of. */
export interface DescribedPlan {
  /** `3 to add, 1 to remove`, or `nothing to do`. */
  readonly headline: string;
  /** A line for each change: `+` is added, `~` switched on again, `-` removed, `=` kept although it should go. */
  readonly changes: readonly string[];
  /** What stays, in counts: a line for each reason that concerns anybody. */
  readonly left: readonly string[];
}

/** No line holds more than addresses, names of lists and reasons. */
export function describePlan(plan: Plan): DescribedPlan {
  const writes = plan.changes.filter((change) => change.verb !== "keep");
  const keeps = plan.changes.filter((change) => change.verb === "keep");
  const retained = keeps.flatMap(({ kept, block, why }) =>
    kept === "retained" && block !== undefined ? [{ sign: "=", text: block.text, why }] : [],
  );
  const lines = [...writes.map(lineOf), ...retained];
  const width = Math.max(0, ...lines.map(({ text }) => text.length));
  return {
    headline: headline(plan, writes),
    changes: lines.map(({ sign, text, why }) => `${sign} ${text.padEnd(width)}  ${why}`),
    left: left(keeps),
  };
}

/**
 * The whole plan. The same plan gives the same text.
 *
 * @returns lines with `\n` between, without one at the end
 */
export function formatPlan(plan: Plan): string {
  const described = describePlan(plan);
  return [
    described.headline,
    ...[...described.changes, ...described.left].map((line) => `  ${line}`),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    ...plan.refusals.flatMap(refusalLines),
  ].join("\n");
}

function headline({ refusals }: Plan, writes: readonly (Add | Edit)[]): string {
  const count = (verb: "add" | "update" | "remove") => writes.filter((change) => change.verb === verb).length;
  const parts = [
    [count("add"), "to add"],
    [count("update"), "to switch on"],
    [count("remove"), "to remove"],
  ].filter(([number]) => number !== 0);
  const what = parts.map((part) => part.join(" ")).join(", ");
  if (refusals.length > 0) return ["refused, so nothing is done", what].filter((part) => part !== "").join(": ");
  return what === "" ? "nothing to do" : what;
}

function lineOf(change: Add | Edit): { sign: string; text: string; why: string } {
  const where = change.verb === "add" && change.list !== undefined ? [inList(change.list)] : [];
  return { sign: signs[change.verb], text: change.block.text, why: [change.why, ...where].join(", ") };
}

function inList({ id, name }: NonNullable<Add["list"]>): string {
  return id === undefined ? `into the new list "${name}"` : `into the list "${name}"`;
}

function left(keeps: readonly Keep[]): string[] {
  const count = (test: (keep: Keep) => boolean): number => keeps.filter(test).length;
  const lines: [number, string, string][] = [
    [count(({ kept, ours }) => kept === "wanted" && ours), "entry is there as wanted", "entries are there as wanted"],
    [
      count(({ kept, ours }) => kept === "wanted" && !ours),
      "wanted entry was made by somebody else, and stays theirs",
      "wanted entries were made by somebody else, and stay theirs",
    ],
    [
      count(({ kept }) => kept === "foreign"),
      "entry of other owners is left alone",
      "entries of other owners are left alone",
    ],
    [
      count(({ kept }) => kept === "notUnderstood"),
      "entry is no address or range, and is left alone",
      "entries are no addresses or ranges, and are left alone",
    ],
  ];
  return lines.flatMap(([number, one, many]) => (number === 0 ? [] : [`${number} ${number === 1 ? one : many}`]));
}

function refusalLines({ code, message, measured, limit, override }: PlanRefusal): string[] {
  const facts = [
    measured === undefined ? undefined : `measured ${measured}`,
    limit === undefined ? undefined : `limit ${limit}`,
    override === undefined ? undefined : `way out: ${override}`,
  ].filter((fact) => fact !== undefined);
  return [`refused, ${code}: ${message}`, ...(facts.length === 0 ? [] : [`  ${facts.join(", ")}`])];
}
