/**
 * Firewall filters: terms in their order, the first that ends decides, nothing passes after the last. Addresses of a term
 * are one set in which the longest prefix decides, `except` or not; prefix lists take part with their prefixes.
 */
import {
  anyService,
  type Entry,
  type NamedSet,
  type Operand,
  type Rule,
  type RuleList,
  type Service,
} from "../../core/allowlist/index";
import { type Family, parseEntry } from "../../core/ip/index";
import { quotable } from "../lines";
import { rangesOf } from "./applications";
import { known, type Notes, prefixListId } from "./books";
import { protocolName } from "./ports";
import { active, at, type Node } from "./tree";

export interface Filters {
  readonly sets: readonly NamedSet[];
  readonly ruleLists: readonly RuleList[];
}

interface Context {
  readonly prefix: string;
  readonly lists: ReadonlyMap<string, NamedSet>;
  readonly notes: Notes;
  readonly sets: NamedSet[];
  /** How many prefixes of lists have been copied into terms that except them. */
  copied: number;
}

/** Prefixes of an excepted list take part with their lengths; beyond this, such a list is stronger than anything else. */
const mostCopies = 200_000;

const families = { inet: "ipv4", inet6: "ipv6" } as const;

export function filtersOf(system: Node, prefix: string, prefixLists: readonly NamedSet[], notes: Notes): Filters {
  const lists = new Map(prefixLists.map((list) => [list.id, list]));
  const context: Context = { prefix, lists, notes, sets: [], copied: 0 };
  const uses = usesOf(system);
  const ruleLists: RuleList[] = [];
  for (const [word, family] of Object.entries(families)) {
    const holders = [at(system, "firewall", "family", word, "filter")];
    if (word === "inet") holders.push(at(system, "firewall", "filter"));
    const filters = new Map<string, RuleList>();
    for (const filter of holders.flatMap(active)) {
      const key = `${word} ${filter.name}`;
      const bound = uses.get(key);
      const list: RuleList = {
        id: `filter:${prefix}${word} ${filter.name}`,
        name: filter.name,
        kind: `firewall family ${word} filter`,
        scope: prefix === "" ? word : `${prefix}${word}`,
        line: filter.line,
        evaluation: "first-match",
        use: bound?.has("input") === true ? "inbound" : bound === undefined ? "unbound" : "outbound",
        rules: termsOf(filter, word, family, context),
      };
      filters.set(filter.name, list);
      ruleLists.push(list);
    }
    for (const chain of chainsOf(system, word)) {
      const parts = chain.map((name) => filters.get(name)).filter((one) => one !== undefined);
      const [first] = parts;
      if (first === undefined) continue;
      const name = chain.join(" + ");
      ruleLists.push({
        ...first,
        id: `filters:${prefix}${word} ${name}`,
        name,
        use: "inbound",
        rules: parts.flatMap(({ rules }) => rules),
      });
    }
  }
  return { sets: context.sets, ruleLists };
}

/** `inet NAME` to the directions in which interfaces use the filter. */
function usesOf(system: Node): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const unit of unitsOf(system)) {
    for (const word of Object.keys(families)) {
      const filter = at(unit, "family", word, "filter");
      for (const direction of ["input", "output"]) {
        for (const { name } of active(at(filter, direction))) {
          const key = `${word} ${name}`;
          const known = uses.get(key) ?? new Set();
          uses.set(key, known.add(direction));
        }
      }
    }
  }
  return uses;
}

function unitsOf(system: Node): readonly Node[] {
  return active(at(system, "interfaces")).flatMap((one) => active(at(one, "unit")));
}

/** Filters that are applied one behind the other. */
function chainsOf(system: Node, word: string): readonly (readonly string[])[] {
  const chains = unitsOf(system).map((unit) =>
    active(at(unit, "family", word, "filter", "input-list")).map(({ name }) => name),
  );
  return [...new Map(chains.filter((chain) => chain.length > 0).map((chain) => [chain.join(" "), chain])).values()];
}

function termsOf(filter: Node, word: string, family: Family, context: Context): Rule[] {
  const terms = filter.children.get("term");
  if (terms === undefined || terms.inactive) return [];
  const local = [...terms.children.values()].some(({ inherited }) => !inherited);
  return [...terms.children.values()].flatMap((term): Rule[] => {
    const from = at(term, "from");
    const then = at(term, "then");
    const why = conditionsOf(from);
    if (term.inherited && local) why.push("it comes from a group: its place in the order is not certain");
    const base = {
      name: term.name,
      line: term.line,
      enabled: !term.inactive,
      family,
      source: operandOf("source", filter, term, word, context),
      destination: operandOf("destination", filter, term, word, context),
      service: serviceOf(from),
    };
    const made = (action: Rule["action"], more: readonly string[] = []): Rule => {
      const all = [...why, ...more];
      return {
        ...base,
        text: quotable(`filter ${filter.name} term ${term.name} then ${action === "permit" ? "accept" : "discard"}`),
        action,
        ...(all.length === 0 ? {} : { uncertain: all.join(", ") }),
      };
    };
    if (at(term, "filter") !== undefined) {
      const more = ["it goes on in another filter"];
      return [made("permit", more), made("deny", more)];
    }
    if (at(then, "discard") !== undefined || at(then, "reject") !== undefined) return [made("deny")];
    if (at(then, "next", "term") !== undefined) return [];
    if (at(then, "next-ip") ?? at(then, "next-ip6") ?? at(then, "next-interface"))
      return [made("permit", ["it is sent elsewhere"])];
    // Counting, logging and marking end the evaluation too, and accept.
    return [made("permit")];
  });
}

const understood =
  /^((source|destination)-(address|prefix-list|port)|address|prefix-list|port|protocol|next-header|payload-protocol|tcp-initial|tcp-established|is-fragment|first-fragment|fragment-offset|icmp-type|icmp-code|apply-groups(-except)?)$/;

function conditionsOf(from: Node | undefined): string[] {
  const why = active(from)
    .filter(({ name }) => !understood.test(name))
    .map(({ name }) => `it depends on ${name.slice(0, 80)}`);
  if (at(from, "address") !== undefined || at(from, "prefix-list") !== undefined) {
    why.push("it is for the source or the destination");
  }
  return why;
}

/** Source or destination of a term; as a set of its own where prefixes stand in the term itself. */
function operandOf(side: "source" | "destination", filter: Node, term: Node, word: string, context: Context): Operand {
  const from = at(term, "from");
  const entries: Entry[] = [];
  let own = false;
  for (const value of active(at(from, `${side}-address`))) {
    own = true;
    const hole = at(value, "except") === undefined ? {} : { hole: true };
    const parsed = parseEntry(value.name, { hostBits: "clear" });
    const wild = !parsed.ok && value.name.includes("/") && value.name.includes(".", value.name.indexOf("/"));
    const text = quotable(`${value.name}${hole.hole === true ? " except" : ""}`);
    if (wild) {
      context.notes.add(value.line, `${value.name.slice(0, 80)} is an address with a mask; it is not understood here`);
      entries.push({ text, line: value.line, term: { kind: "unknown", what: "notUnderstood" }, ...hole });
    } else entries.push({ text, line: value.line, term: known(parsed, value.line, context.notes), ...hole });
  }
  for (const value of active(at(from, `${side}-prefix-list`))) {
    const id = prefixListId(context.prefix, value.name);
    if (at(value, "except") === undefined) {
      entries.push({ text: quotable(value.name), line: value.line, term: { kind: "set", id } });
      continue;
    }
    const list = context.lists.get(id);
    const text = quotable(`${value.name} except`);
    context.copied += list?.entries.length ?? 0;
    if (list === undefined || context.copied > mostCopies) {
      entries.push({ text, line: value.line, term: { kind: "set", id }, hole: true });
    } else for (const entry of list.entries) entries.push({ ...entry, text, hole: true });
  }
  if (entries.length === 0) return { entries: [{ text: "any", line: term.line, term: { kind: "any" } }] };
  const [only] = entries;
  if (!own && entries.length === 1 && only !== undefined && only.hole !== true) return { entries };
  const words = `${side}-address`;
  const name = `${filter.name}/${term.name}`;
  const id = `${words}:${context.prefix}firewall family ${word} filter ${filter.name} term ${term.name} from ${words}`;
  context.sets.push({
    id,
    name: side === "source" ? name : `${name} destination`,
    kind: words,
    scope: `${context.prefix}${word}`,
    family: families[word as keyof typeof families],
    line: entries[0]?.line ?? term.line,
    entries,
    holes: "longest-match",
  });
  return { entries: [{ text: quotable(name), line: term.line, term: { kind: "set", id } }] };
}

/** No first packet of a connection is one of an established one, or a later fragment. */
const never = ["tcp-established", "is-fragment", "fragment-offset", "icmp-type", "icmp-code"];

function serviceOf(from: Node | undefined): Service {
  if (never.some((name) => at(from, name) !== undefined)) return { terms: [] };
  const holder = at(from, "protocol") ?? at(from, "next-header") ?? at(from, "payload-protocol");
  const ports = rangesOf(at(from, "destination-port"));
  const sourcePorts = rangesOf(at(from, "source-port"));
  const either = at(from, "port");
  const unknown = [
    ...(ports === "unknown" ? ["destination-port"] : []),
    ...(sourcePorts === "unknown" ? ["source-port"] : []),
    ...(either === undefined ? [] : ["port"]),
  ];
  if (unknown.length > 0) return { terms: [], unknown };
  const protocols = holder === undefined ? ["any"] : active(holder).map(({ name }) => protocolName(name));
  const shape = {
    ...(ports === undefined || ports === "unknown" ? {} : { ports }),
    ...(sourcePorts === undefined || sourcePorts === "unknown" ? {} : { sourcePorts }),
  };
  if (at(from, "tcp-initial") !== undefined) return { terms: [{ protocol: "tcp", ...shape }] };
  return holder === undefined && ports === undefined && sourcePorts === undefined
    ? anyService
    : { terms: protocols.map((protocol) => ({ protocol, ...shape })) };
}
