/** Lines of access lists as rules. */
import { anyService, type Entry, type Rule, type RuleList } from "../../core/allowlist/index";
import { type Definitions, readExtended, readStandard } from "./ace";
import type { Acl, AclLine, AclStore } from "./acl";

export function ruleListsOf(acls: AclStore, definitions: Definitions): RuleList[] {
  const lists: RuleList[] = [];
  for (const acl of acls.lists()) {
    const { name, bindings } = acl;
    const inbound = bindings.some(({ direction }) => direction === "in");
    if (acl.lines.length === 0 && bindings.length > 0)
      definitions.notes.add(1, `access-list ${name} is used, but not in the file`);
    lists.push({
      id: `access-list:${name}`,
      name,
      kind: "access-list",
      line: Math.min(acl.line, acl.lines.find((line) => line !== undefined)?.line ?? 1),
      evaluation: "first-match",
      use: inbound ? "inbound" : bindings.length > 0 ? "outbound" : "unbound",
      rules: rulesOf(acl, definitions),
    });
  }
  return lists;
}

function rulesOf({ lines }: Acl, definitions: Definitions): Rule[] {
  const rules: Rule[] = [];
  for (const line of lines) {
    if (line === undefined || line.words[0] === "remark" || line.words[1] === "remark") continue;
    const rule = readRule(line, definitions);
    // Where `show` printed a list without its groups, their expansion is all there is; else it would count twice.
    const lacks = line.expanded.length > 0 && !isDefined(rule, definitions);
    const read = lacks
      ? line.expanded.map((one) => readRule({ ...one, inactive: line.inactive || one.inactive }, definitions))
      : [rule];
    for (const one of read) if (one !== undefined) rules.push(...one);
  }
  return rules;
}

function isDefined(rules: readonly Rule[] | undefined, { sets }: Definitions): boolean {
  return (rules ?? []).every(
    ({ source, destination, service }) =>
      service.unknown === undefined &&
      [...source.entries, ...destination.entries].every(({ term }) => term.kind !== "set" || sets.has(term.id)),
  );
}

/** A rule; two, when not even the action can be read: it may permit, and it may deny. None for other kinds of list. */
function readRule(line: AclLine, definitions: Definitions): Rule[] | undefined {
  const words = [...line.words];
  const kind = words[0] === "extended" || words[0] === "standard" ? words.shift() : "extended";
  if (words[0] === "webtype" || words[0] === "ethertype") return undefined;
  const action = words.shift();
  const base = { text: line.text, line: line.line, enabled: !line.inactive };
  if (action !== "permit" && action !== "deny") {
    definitions.notes.add(line.line, "this line of an access list is not understood");
    const doubtful = { ...base, ...nothingKnown(line), uncertain: "not understood" };
    return [
      { ...doubtful, action: "permit" },
      { ...doubtful, action: "deny" },
    ];
  }
  const parts = kind === "standard" ? readStandard(words, line, definitions) : readExtended(words, line, definitions);
  if (parts === undefined) {
    definitions.notes.add(line.line, "this line of an access list is not understood");
    return [{ ...base, ...nothingKnown(line), action, uncertain: "not understood" }];
  }
  const { options, ...matched } = parts;
  if (options.includes("time-range")) {
    definitions.notes.add(line.line, "in force at certain times only (time-range); taken as always in force");
  }
  return [{ ...base, ...matched, action, enabled: base.enabled && !options.includes("inactive") }];
}

function nothingKnown({ text, line }: AclLine) {
  const entry: Entry = { text, line, term: { kind: "unknown", what: "notUnderstood" } };
  return { source: { entries: [entry] }, destination: { entries: [entry] }, service: anyService };
}
