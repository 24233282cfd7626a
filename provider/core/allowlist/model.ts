/**
 * One model for every kind of configuration: named sets of addresses, and lists of rules that use them. Parsers make it,
 * {@link judge} reads it; nothing vendor-specific goes beyond it. What a parser does not understand stays in it as an
 * unknown term, so that a verdict becomes `undecided` where that matters, and is never guessed.
 */
import type { Block, Family } from "../ip/index";

/** Why a term's addresses are not in the file. */
export type UnknownKind =
  | "fqdn" // a name, resolved by the device
  | "dynamic" // tags, identities, a cloud's own objects
  | "geo" // a country
  | "external" // a list fetched from elsewhere, a prefix-list id
  | "serviceTag" // a provider's named ranges
  | "undefined" // a reference to something that is not in the file
  | "cyclic" // a set that contains itself by way of this entry
  | "notUnderstood"; // a term that the parser cannot read

/** What an entry stands for. */
export type Term =
  | { readonly kind: "block"; readonly block: Block }
  /** Every address, of one family or of both. */
  | { readonly kind: "any"; readonly family?: Family }
  /** Another set, by {@link NamedSet.id}. When the model has no such set, the term is unknown (`undefined`). */
  | { readonly kind: "set"; readonly id: string }
  /** `within`, when it is known, bounds what the term can be: outside of it every answer is certain. */
  | { readonly kind: "unknown"; readonly what: UnknownKind; readonly within?: Block };

/** One entry of a set or of a rule, and where it stands. */
export interface Entry {
  /** As the configuration has it, cut by the parser when it is long: `network-object host 192.0.2.1`. */
  readonly text: string;
  readonly term: Term;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, where the format makes it cheap. */
  readonly column?: number;
  /** Object path, for formats whose entries are found by path rather than by line: `prefixes[3].cidr`. */
  readonly path?: string;
  /** A hole: what the term stands for is taken away (`except`, `exclude`, `nomatch`, `!`). */
  readonly hole?: boolean;
}

/** A named set of addresses: object, group, table, alias, prefix list. */
export interface NamedSet {
  /** Unique in the model: holds kind, scope or family where names repeat. */
  readonly id: string;
  /** What users call it, and what `--list` finds. Sets of both families may share a name: they are judged together. */
  readonly name: string;
  /** The vendor's word for it: `object-group network`. */
  readonly kind: string;
  /** The part of the configuration that it belongs to: a vsys, VDOM, device group, table. */
  readonly scope?: string;
  /** The only family that it can hold, where the format has one list per family. */
  readonly family?: Family;
  /** How many entries it can hold by its own declaration (`maxelem`, `MaxEntries`), if that is less than the format's. */
  readonly maxEntries?: number;
  /** The vendor's free text about the list, where a change that replaces the list would clear it. */
  readonly description?: string;
  /** What the vendor wants back with a change, so that it fails when the list has been changed since: a version. */
  readonly token?: string;
  readonly line: number;
  readonly entries: readonly Entry[];
  /**
   * How holes work. `subtract` (default): all members first, then all holes are taken away. `longest-match`: for each
   * address the longest block that holds it decides (ipset `nomatch`, Junos `except`, pf tables).
   */
  readonly holes?: "subtract" | "longest-match";
}

/** Source or destination of a rule. */
export interface Operand {
  readonly entries: readonly Entry[];
  /** Everything but these. */
  readonly negated?: boolean;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Traffic of one protocol. */
export interface ServiceTerm {
  /** `any`, `tcp`, `udp`, `icmp`, a number as text. `any` is every protocol with every port. */
  readonly protocol: string;
  /** Destination ports; absent: all. */
  readonly ports?: readonly PortRange[];
  /** Ports of the caller; absent: all. */
  readonly sourcePorts?: readonly PortRange[];
}

/** What traffic a rule is about: any of the terms. */
export interface Service {
  readonly terms: readonly ServiceTerm[];
  /** Parts that cannot be resolved offline (an undefined service group, an application): the rule may match more. */
  readonly unknown?: readonly string[];
}

export interface Rule {
  /** What `--rule` finds, where rules have names. */
  readonly name?: string;
  /** As the configuration has it, in one line. */
  readonly text: string;
  readonly line: number;
  readonly path?: string;
  readonly action: "permit" | "deny";
  readonly source: Operand;
  readonly destination: Operand;
  readonly service: Service;
  /** Zones or interfaces that traffic comes from and goes to; absent: all. */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  /** Absent: as its list. */
  readonly direction?: "in" | "out";
  /** Only traffic of this family; absent: both. */
  readonly family?: Family;
  /** Disabled rules stay in the model and decide nothing. */
  readonly enabled: boolean;
  /** For evaluation by priority: the lower number is stronger. */
  readonly priority?: number;
  /** For `last-match`: a match ends the evaluation. */
  readonly quick?: boolean;
  /** The list's default policy: weaker than every other rule, in every order of evaluation. */
  readonly isDefault?: boolean;
  /** A condition that cannot be decided offline: the rule may or may not be in force. */
  readonly uncertain?: string;
}

/**
 * Which of several matching rules decides. `first-match`: the first. `last-match`: the first `quick` one, else the last
 * (pf). `priority`: the lowest number, a deny before a permit of the same number. `allow-wins`: any permit.
 * `longest-match`: the one whose source block is longest, a deny before a permit of the same length.
 */
export type Evaluation = "first-match" | "last-match" | "priority" | "allow-wins" | "longest-match";

/** Rules that are evaluated together: an access list, a policy, a chain with its jumps unfolded, a security group. */
export interface RuleList {
  readonly id: string;
  /** What `--rule` and `--list` find. */
  readonly name: string;
  /** The vendor's word for it: `access-list`. */
  readonly kind: string;
  readonly scope?: string;
  readonly line: number;
  readonly evaluation: Evaluation;
  readonly rules: readonly Rule[];
  /**
   * `inbound`: in force for traffic that comes in. `outbound`: for what goes out. `unbound`: in the file, but nothing
   * uses it; such a list is judged only when it is asked for by name.
   */
  readonly use: "inbound" | "outbound" | "unbound";
}

/** Something in the file that the parser did not understand, or that a reader should know. */
export interface ParseNote {
  readonly line: number;
  readonly message: string;
}

/** The notes of one parse: all are counted, the first are kept, so that a foreign file costs no memory. */
export interface ParseNotes {
  readonly count: number;
  readonly first: readonly ParseNote[];
}

/** One configuration. */
export interface Model {
  /** As the user named it. */
  readonly file: string;
  /** Id of the format. */
  readonly vendor: string;
  readonly sets: readonly NamedSet[];
  readonly ruleLists: readonly RuleList[];
  readonly notes: ParseNotes;
}

/** Every address, as source or destination. */
export const anyTerm: Term = { kind: "any" };

/** Every protocol and port. */
export const anyService: Service = { terms: [{ protocol: "any" }] };

const keptNotes = 200;

/** Collects notes while parsing. */
export function noteCollector(): { add(line: number, message: string): void; notes(): ParseNotes } {
  const first: ParseNote[] = [];
  let count = 0;
  return {
    add(line, message) {
      count++;
      if (first.length < keptNotes) first.push({ line, message });
    },
    notes: () => ({ count, first }),
  };
}
