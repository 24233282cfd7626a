/** What the reports for people share: titles, commands to paste, and one line for each finding. */

import type { JudgedPrefix, PrefixVerdict } from "../../core/allowlist/index";
import { type ExtraEntry, type ExtraVerdict, extraVerdicts, type Judgement, pathOf } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { defaultServiceTag } from "../../ranges/index";
import { counted, grouped } from "../output";
import type { CheckedFile, Report } from "./report";

/** Worst first: the order in which findings are shown. */
export const shownVerdicts: readonly PrefixVerdict[] = [
  "missing",
  "partial",
  "shadowed",
  "undecided",
  "unsupported",
  "present",
  "covered",
];

export const shownExtras: readonly ExtraVerdict[] = extraVerdicts;

/** `configs/edge-asa.cfg  access-list outside_in  (cisco-asa)  against Scuba change 31, 260 prefixes`. */
export function titleOf({ resolved }: Report, { file, format, judgement }: CheckedFile): string {
  const against = `against ${resolved.serviceTag} change ${resolved.changeNumber}`;
  const subject = format.id === "text" ? [] : [judgement.title, `(${format.id})`];
  const count = counted(judgement.summary.desired, "prefix", "prefixes");
  return `${[file, ...subject, against].join("  ")}, ${count}`;
}

/** What the findings of one verdict are, each in a line, without the verdict. */
export function prefixLine({ file }: CheckedFile, { prefix, by }: JudgedPrefix, most: number): string {
  const places = by.map(
    ({ line, text, why }) => `${file}:${line} ${text}${why === undefined || why === "" ? "" : ` (${why})`}`,
  );
  const shown =
    places.length <= most + 1 ? places : [...places.slice(0, most), `… and ${grouped(places.length - most)} more`];
  return `${formatPrefix(prefix)}${shown.length === 0 ? "" : `  by ${shown.join(", ")}`}`;
}

export function extraLine({ file }: CheckedFile, extra: ExtraEntry, tag: string): string {
  const { leaf, first, admits, needed } = extra;
  const at = `${file}:${leaf.entry.line} ${leaf.entry.text}`;
  if (first !== undefined) return `${at}  (already in line ${first.entry.line})`;
  if (admits === undefined || needed === undefined) return at;
  return `${at}  admits ${counted(admits, "address", "addresses")}; ${tag} needs ${counted(needed, "prefix", "prefixes")} of them`;
}

export function pathText(extra: ExtraEntry): string | undefined {
  return pathOf(extra.leaf);
}

/** What to do, as label and text; commands can be pasted. */
export function remedies(
  report: Report,
  { file, format, judgement }: CheckedFile,
): readonly (readonly [string, string])[] {
  if (judgement.inSync) return [];
  const { summary } = judgement;
  const lacking = (["missing", "partial", "undecided"] as const).filter((verdict) => summary[verdict] > 0);
  const steps: [string, string][] = [];
  if (lacking.length > 0) {
    const counts = lacking.map((verdict) => `${grouped(summary[verdict])} ${verdict}`).join(" and ");
    const noun = lacking.reduce((sum, verdict) => sum + summary[verdict], 0) === 1 ? "prefix" : "prefixes";
    steps.push(["To do", `add the ${counts} ${noun} to ${placeOf(judgement, file)}`]);
    const command = renderCommand(report, file, format.id, judgement);
    if (command !== undefined) steps.push(["Fix", command], ["Undo", `${command} --rollback`]);
  }
  if (summary.shadowed > 0) steps.push(["To do", "narrow the deny rules named below, or move them behind the permit"]);
  return steps;
}

function placeOf({ remedies: lists }: Judgement, file: string): string {
  const [first] = lists;
  return first === undefined || first === "" ? file : first;
}

function renderCommand({ args, resolved }: Report, file: string, vendor: string, { remedies: lists, sets }: Judgement) {
  const names = sets.length > 0 ? lists : lists.slice(0, 1);
  if (names.length === 0) return undefined;
  const list = names.filter((name) => name !== "").map((name) => ` --list ${quoted(name)}`);
  const tag = resolved.serviceTag === defaultServiceTag ? "" : ` --tag ${resolved.serviceTag}`;
  const previous = args.previous.map((one) => ` --previous ${quoted(one)}`).join("");
  const named = args.vendor === undefined ? "" : ` --vendor ${vendor}`;
  return `msem render ${quoted(file)}${named}${list.join("")} --ranges ${quoted(args.ranges)}${tag}${previous}`;
}

/** Quoted where a shell would take it apart, so that the line can be pasted. */
export function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
