/**
 * IP address access control of ServiceNow. A record is a range that is allowed or denied; a caller is kept out only where a
 * Deny holds the address and no Allow does.
 */
import {
  anyService,
  anyTerm,
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Operand,
  type Rule,
  type RuleList,
  type Term,
} from "../../core/allowlist/index";
import { parseEntry, parseRange } from "../../core/ip/index";
import { columns, type Found, readRecords } from "./records";

export const allowId = "allow";
export const denyId = "deny";

const longestValue = 1_000;

type Action = Rule["action"];

/** A record as the evaluation takes it. */
interface Read {
  readonly entry: Entry;
  /** Undefined: it is not understood which. */
  readonly action?: Action;
  readonly inbound: boolean;
  readonly outbound: boolean;
  readonly active: boolean;
  /** Why it is not known what the record does, if it is not. */
  readonly doubt?: string;
  readonly problem?: string;
}

export function parseServiceNow(text: string, file: string): Model {
  const notes = noteCollector();
  const { found, problem } = readRecords(text);
  const read = found.map(readRecord);
  for (const { entry, doubt, problem: wrong } of read) {
    const note = doubt ?? wrong;
    if (note !== undefined) notes.add(entry.line, note);
  }
  const inbound = read.filter((one) => one.inbound);
  const surely = (action: Action): Entry[] =>
    inbound.filter((one) => one.active && one.doubt === undefined && one.action === action).map(({ entry }) => entry);
  const rest: Entry[] = [];
  if (problem !== undefined) {
    notes.add(problem.line, problem.message);
    rest.push({ text: "the rest of the file", line: problem.line, term: { kind: "unknown", what: "notUnderstood" } });
  }
  const sets = [
    setOf(allowId, "Allow", [...surely("permit"), ...rest]),
    setOf(denyId, "Deny", [...surely("deny"), ...rest]),
  ];
  const lists = [inboundList(sets, inbound), ...outboundLists(read.filter((one) => one.outbound))];
  const empty = found.length === 0 && problem === undefined;
  return {
    file,
    vendor: "servicenow-ip-access",
    sets: empty ? [] : sets,
    ruleLists: empty ? [] : lists,
    notes: notes.notes(),
  };
}

function setOf(id: string, name: string, entries: readonly Entry[]): NamedSet {
  return { id, name, kind: "ip_access", line: entries[0]?.line ?? 1, entries };
}

function inboundList([allow, deny]: readonly NamedSet[], inbound: readonly Read[]): RuleList {
  const rules: Rule[] = [allow, deny].flatMap((set, at) =>
    set === undefined ? [] : [ruleOf(at === 0 ? "permit" : "deny", set.name, operandOf(set), set.line)],
  );
  for (const { entry, action, active, doubt } of inbound) {
    if (active && doubt === undefined) continue;
    const either: readonly Action[] = action === undefined ? ["permit", "deny"] : [action];
    for (const one of either) {
      const rule = ruleOf(one, entry.text, { entries: [entry] }, entry.line, entry.path);
      rules.push({ ...rule, enabled: active, ...(doubt === undefined ? {} : { uncertain: doubt }) });
    }
  }
  const denies = rules.some(({ action, enabled }) => action === "deny" && enabled) && (deny?.entries.length ?? 0) > 0;
  const unsure = inbound.some(({ action, active, doubt }) => active && doubt !== undefined && action !== "permit");
  const everybody = ruleOf("permit", "everybody, unless a Deny matches", { entries: [anyEntry] }, 1);
  rules.push({ ...everybody, family: "ipv4", isDefault: true });
  rules.push({
    ...everybody,
    family: "ipv6",
    isDefault: true,
    // A Deny of all IPv4 addresses may or may not keep IPv6 callers out.
    ...(denies || unsure ? { uncertain: "what a Deny does to IPv6 is not documented" } : {}),
  });
  const named = { id: "inbound", name: "Inbound", kind: "ip_access" };
  return { ...named, line: 1, evaluation: "allow-wins", rules, use: "inbound" };
}

const anyEntry: Entry = { text: "any", line: 1, term: anyTerm };

function operandOf({ id, name, line }: NamedSet): Operand {
  return { entries: [{ text: name, line, term: { kind: "set", id } }] };
}

function ruleOf(action: Action, text: string, source: Operand, line: number, path?: string): Rule {
  const common = { text, line, action, source, ...(path === undefined ? {} : { path }) };
  return { ...common, destination: { entries: [anyEntry] }, service: anyService, enabled: true };
}

/** What the instance may call. Nothing here is judged; the list says that such records were seen. */
function outboundLists(outbound: readonly Read[]): RuleList[] {
  const certain = outbound.filter(({ active, doubt }) => active && doubt === undefined);
  if (certain.length === 0) return [];
  const rules = (["permit", "deny"] as const).map((action): Rule => {
    const entries = certain.filter((one) => one.action === action).map(({ entry }) => entry);
    const line = entries[0]?.line ?? 1;
    const rule = ruleOf(action, `outbound ${action}`, { entries: [anyEntry] }, line);
    return { ...rule, destination: { entries } };
  });
  const named = { id: "outbound", name: "Outbound", kind: "ip_access" };
  return [{ ...named, line: 1, evaluation: "allow-wins", rules, use: "outbound" }];
}

function readRecord(found: Found): Read {
  const { line, path, values } = found;
  const { type, direction, active } = values;
  const { term, problem } = readTerm(values.range_start ?? "", values.range_end ?? "");
  const action = type === undefined ? undefined : actionOf(type);
  const towards = /^(in|out|bi|both)/i.exec(direction ?? "")?.[1]?.toLowerCase();
  const state = /^(true|1|yes)$/i.test(active ?? "") ? true : /^(false|0|no)$/i.test(active ?? "") ? false : undefined;
  const missing = [
    action === undefined ? "type" : undefined,
    towards === undefined ? "direction" : undefined,
    state === undefined ? "active" : undefined,
  ].find((name) => name !== undefined);
  return {
    entry: { text: textOf(found), line, ...(path === undefined ? {} : { path }), term },
    ...(action === undefined ? {} : { action }),
    inbound: towards !== "out",
    outbound: towards === "out" || towards === "bi" || towards === "both",
    active: state !== false,
    ...(missing === undefined || state === false ? {} : { doubt: `its ${missing} is not understood` }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function actionOf(type: string): Action | undefined {
  if (/^allow/i.test(type)) return "permit";
  return /^deny/i.test(type) ? "deny" : undefined;
}

/** There are no prefixes in this table, only first and last addresses. */
function readTerm(start: string, end: string): { readonly term: Term; readonly problem?: string } {
  const parsed = parseRange(`${start}-${end}`);
  if (parsed.ok) return { term: { kind: "block", block: parsed.value } };
  const prefix = parseEntry(start, { hostBits: "clear" });
  return {
    term: { kind: "unknown", what: "notUnderstood", ...(prefix.ok && end === "" ? { within: prefix.value } : {}) },
    problem: parsed.problem.message,
  };
}

/** Enough to delete the record, and to make it again. */
function textOf({ values }: Found): string {
  const known = columns.flatMap((name) => {
    const value = values[name];
    return value === undefined || name === "active" ? [] : [[name, value.slice(0, longestValue)]];
  });
  return JSON.stringify(Object.fromEntries(known));
}
