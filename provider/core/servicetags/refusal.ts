/** What people read of a judged list: the refusal, the step, and the label of each prefix. */
import type { GuardCode } from "./guardOptions";
import type { Accepted, JudgedList, JudgedPrefix, Published, Reason } from "./guards";

/** Why the guard is there. */
const background: Readonly<Record<GuardCode, string>> = {
  missing: "Tags have vanished from a week's file and come back.",
  empty: 'Published tags have been empty by mistake before (2020-08-24); this is never taken as "remove all".',
  rollback: "Published files have gone back by mistake before (2025-05-22).",
  republished: "A change number stands for one list, so one of the two is wrong.",
  spike: "A published tag has exploded by mistake before (2022-05-09, from 20 to 2,468 prefixes).",
  overWide: "An entry so wide admits far more than the service.",
  specialPurpose: "Such addresses in a published list are a mistake, or the list is of another kind.",
  removals: "So many at once are more often a mistake than a change.",
};

/**
 * The refusal as one text, to stand behind its code: a title with the guards, then what was measured, why it matters, and
 * the ways out.
 *
 * @param creating without an accepted list there is nothing to keep
 */
export function formatRefusal(reasons: readonly Reason[], creating: boolean): string {
  const measured = reasons.map(({ message }) => message);
  const why = unique(reasons.map(({ code }) => background[code])).join(" ");
  const overrides = unique(reasons.map(({ override }) => override)).join(" and ");
  const rest = creating
    ? [`${why} Wait for the next file, or, if you are sure, set`, `${overrides}.`]
    : [
        `${why} Wait for the next file, set`,
        `guards.onRefused: "keepLast" to go on with the last list, or, if you are sure, ${overrides}.`,
      ];
  const lines = [`${measured.join("\n  ")} Nothing was changed.`, ...rest].map((line) => `  ${line}`);
  return [titleOf(reasons), ...lines].join("\n");
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function titleOf(reasons: readonly Reason[]): string {
  const names = unique(reasons.map(({ code }) => code));
  return names.length === 1 ? `${names[0]} guard` : `${names.length} guards: ${names.join(", ")}`;
}

/** One line on what changes: `Scuba 30 -> 31: 9 added, 0 removed, 251 kept`. Undefined when nothing does. */
export function formatStep(
  published: Published,
  accepted: Accepted | undefined,
  { diff, prefixes }: JudgedList,
): string | undefined {
  const { serviceTag, changeNumber } = published;
  const { added, removed, kept } = diff;
  if (accepted === undefined) return `${serviceTag} ${changeNumber ?? "?"}: ${added.length} prefixes`;
  const gone = accepted.prefixes.length + accepted.quarantine.length - stillAllowed(accepted, prefixes);
  const same = added.length === 0 && removed.length === 0 && changeNumber === accepted.changeNumber;
  if (same && gone === 0) return undefined;
  const numbers =
    changeNumber === undefined || changeNumber === accepted.changeNumber
      ? `${accepted.changeNumber}`
      : `${accepted.changeNumber} -> ${changeNumber}`;
  const until = lastDay(prefixes);
  const stay = removed.length > 0 && until !== undefined ? ` (allowed until ${until})` : "";
  const ended = gone > 0 ? `, ${gone} gone for good` : "";
  return `${serviceTag} ${numbers}: ${added.length} added, ${removed.length} removed${stay}, ${kept.length} kept${ended}`;
}

function stillAllowed(accepted: Accepted, prefixes: readonly JudgedPrefix[]): number {
  const now = new Set(prefixes.map(({ prefix }) => keyOf(prefix)));
  const before = [...accepted.prefixes, ...accepted.quarantine.map(({ prefix }) => prefix)];
  return before.filter((prefix) => now.has(keyOf(prefix))).length;
}

function keyOf({ words, length }: JudgedPrefix["prefix"]): string {
  return `${words.join()}/${length}`;
}

function lastDay(prefixes: readonly JudgedPrefix[]): string | undefined {
  return prefixes
    .flatMap(({ withdrawn }) => (withdrawn === undefined ? [] : [withdrawn.until]))
    .sort()
    .at(-1);
}

/** What stands beside a prefix: `Scuba`, or `Scuba (withdrawn 2026-11-24, until 2026-12-08)`. */
export function labelOf(serviceTag: string, { withdrawn }: JudgedPrefix): string {
  return withdrawn === undefined
    ? serviceTag
    : `${serviceTag} (withdrawn ${withdrawn.since}, until ${withdrawn.until})`;
}

/** The day in the label of a withdrawn prefix; undefined in any other label. The other way round of {@link labelOf}. */
export function withdrawnSince(label: string): string | undefined {
  return / \(withdrawn (\d{4}-\d\d-\d\d), until \d{4}-\d\d-\d\d\)$/.exec(label)?.[1];
}
