/** Lines of access lists of IOS and NX-OS as rules. Both end with an implicit deny, once there is a line at all. */
import { anyService, type Entry, type Rule, type RuleList } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { type Definitions, type ReadEntry, readEntry } from "./entries";
import { type AccessList, type AccessLists, type AclLine, inOrder } from "./lists";

export function ruleListsOf(lists: AccessLists, definitions: Definitions): RuleList[] {
  const found = [...lists.all()].map((list): RuleList => {
    const rules = inOrder(list).flatMap((line) => rulesOf(list, line, definitions));
    const use = lists.use(list);
    return {
      id: `${list.family}:${list.name}`,
      name: list.name,
      kind: list.kind,
      line: list.line,
      evaluation: "first-match",
      use,
      // Where an empty list is applied, it filters nothing; the lines may also be in another file.
      rules: rules.length > 0 || use === "unbound" ? rules : [openRule(list.family, list.name, list.line)],
    };
  });
  const missing = lists.missing().map(({ family, name, line }): RuleList => {
    definitions.notes.add(line, `access list ${name} is applied here, but not in the file`);
    const list = { name, family, standard: false, kind: "", line };
    return {
      id: `${family}:${name}`,
      name,
      kind: "access list (not in the file)",
      line,
      evaluation: "first-match",
      use: lists.use({ ...list, lines: [], numbers: new Map(), places: undefined, highest: 0 }),
      rules: [openRule(family, name, line)],
    };
  });
  return [...found, ...missing.filter(({ use }) => use !== "unbound")];
}

/** A list that is not there, or has no lines, lets everything pass. Whether it is on the device the file does not say. */
function openRule(family: Family, name: string, line: number): Rule {
  const any: Entry = { text: "any", line, term: { kind: "any", family } };
  return {
    text: `access list ${name} without lines`,
    line,
    action: "permit",
    source: { entries: [any] },
    destination: { entries: [any] },
    service: anyService,
    family,
    enabled: true,
    uncertain: "the list has no lines in this file; a device lets everything pass by a list that it does not have",
  };
}

/** A rule; two, when not even the action can be read: it may permit, and it may deny. None for remarks. */
function rulesOf(list: AccessList, line: AclLine, definitions: Definitions): Rule[] {
  const [action, ...words] = line.words;
  const { family, standard } = list;
  const base = { text: line.text, line: line.line, family, enabled: !line.inactive };
  switch (action) {
    case "remark":
      return [];
    case "evaluate":
      definitions.notes.add(line.line, "evaluate lets answers to earlier traffic pass; it admits no new connections");
      return [];
    case "permit":
    case "deny": {
      const read = readEntry({ words, family, standard, line: line.line, definitions });
      if (read === undefined) break;
      return [{ ...base, action, ...matchOf(read, action, line, definitions) }];
    }
  }
  definitions.notes.add(line.line, "this line of an access list is not understood");
  const doubtful = { ...base, ...nothingKnown(line), uncertain: "not understood" };
  if (action === "permit" || action === "deny") return [{ ...doubtful, action }];
  return [
    { ...doubtful, action: "permit" },
    { ...doubtful, action: "deny" },
  ];
}

function nothingKnown({ text, line }: AclLine) {
  const entry: Entry = { text, line, term: { kind: "unknown", what: "notUnderstood" } };
  return { source: { entries: [entry] }, destination: { entries: [entry] }, service: anyService };
}

function matchOf(read: ReadEntry, action: Rule["action"], line: AclLine, { notes }: Definitions) {
  const { options, service, ...operands } = read;
  const found = readOptions(
    options,
    service.terms.some(({ protocol }) => protocol.startsWith("icmp")),
  );
  if (found.timed) notes.add(line.line, "in force at certain times only (time-range); taken as always in force");
  // A first packet is never part of an established connection, nor a later fragment.
  const none = found.fragments || (found.established && action === "permit");
  const doubts = [
    line.contested ? "another line has its sequence number" : undefined,
    found.established && action === "deny" ? "it takes the later packets of a connection" : undefined,
    found.condition === undefined ? undefined : `it depends on ${found.condition}`,
  ].filter((doubt) => doubt !== undefined);
  return {
    ...operands,
    service: none ? { terms: [] } : service,
    ...(doubts.length === 0 ? {} : { uncertain: doubts.join("; ") }),
  };
}

/** Options of one word. */
const keyword = /^(established|fragments|ack|fin|psh|rst|syn|urg|log|log-input)$/;

interface Options {
  established: boolean;
  fragments: boolean;
  timed: boolean;
  /** Something else about the packet that must be so. */
  condition?: string;
}

function readOptions(words: readonly string[], icmp: boolean): Options {
  const found: Options = { established: false, fragments: false, timed: false };
  for (let at = 0; at < words.length; at++) {
    switch (words[at]) {
      case "log":
      case "log-input":
        // A tag of the user's may follow.
        if (at + 2 === words.length && !keyword.test(words[at + 1] as string)) at++;
        break;
      case "time-range":
        found.timed = true;
        at++;
        break;
      case "reflect":
      case "timeout":
        at++;
        break;
      case "established":
        found.established = true;
        break;
      case "fragments":
        found.fragments = true;
        break;
      default:
        if (icmp) return found;
        found.condition = words.slice(at).join(" ").slice(0, 60);
        return found;
    }
  }
  return found;
}
