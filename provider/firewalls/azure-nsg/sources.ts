/** Addresses as rules of a network security group have them: prefixes, service tags, `*`, application security groups. */
import type { Entry, NamedSet, Rule, Term } from "../../core/allowlist/index";
import type { Prefix } from "../../core/ip/index";
import { isExpression, propertyOf } from "../arm";
import { cidrTerm, itemsOf, type Notes, notUnderstood, type Place, placeOf, shownText, unreadable } from "../document";
import { textOf } from "../json";
import { interfaceEntries, privateSpace } from "../privateSpace";

/** Id of the set that the tag `Internet` stands for. */
export const internetId = "service tag Internet";

/** Every address outside of private space, with the line where the tag stands first. */
export function internetAt(line: number): NamedSet {
  const hole = (block: Prefix): Entry => ({ text: "Internet", line, term: { kind: "block", block }, hole: true });
  const all: Entry = { text: "Internet", line, term: { kind: "any" } };
  return { id: internetId, name: "Internet", kind: "service tag", line, entries: [all, ...privateSpace.map(hole)] };
}

export type Action = Rule["action"];

export interface Addresses {
  /** What the address prefixes say, singular and plural together. */
  readonly prefixes: readonly Entry[];
  /** Application security groups. */
  readonly groups: readonly Entry[];
  /** Neither the one nor the other is there. */
  readonly absent: boolean;
}

/** Names that stand beside `source` or `destination`. */
export function readAddresses(rule: Place, side: "source" | "destination", action: Action, notes: Notes): Addresses {
  const prefixes: Entry[] = [];
  const groups: Entry[] = [];
  const one = propertyOf(rule, `${side}AddressPrefix`);
  // The API answers with an empty text where only the plural is set.
  if (one !== undefined && textOf(one.node) !== "") prefixes.push(...readWord(one, side, action, notes));
  const holder = (name: string): Place => {
    const properties = placeOf(rule, "properties");
    return properties !== undefined && placeOf(properties, name) !== undefined ? properties : rule;
  };
  const several = `${side}AddressPrefixes`;
  const wrong = (at: Place): void => void prefixes.push(...readWord(at, side, action, notes));
  for (const at of itemsOf(holder(several), several, wrong)) prefixes.push(...readWord(at, side, action, notes));
  const asgs = `${side}ApplicationSecurityGroups`;
  const odd = (at: Place): void => void groups.push(...members(at, action));
  for (const at of itemsOf(holder(asgs), asgs, odd)) groups.push(...members(at, action));
  return { prefixes, groups, absent: prefixes.length + groups.length === 0 };
}

/** An application security group: its members' private addresses. A deny of them could take any address of a network. */
function members(at: Place, action: Action): Entry[] {
  const entry = unreadable(placeOf(at, "id") ?? at);
  return action === "permit" ? interfaceEntries(entry) : [{ ...entry, term: { kind: "unknown", what: "dynamic" } }];
}

function readWord(at: Place, side: "source" | "destination", action: Action, notes: Notes): Entry[] {
  const text = textOf(at.node);
  const { line } = at.node;
  if (text === undefined) {
    notes.add(line, `${at.path} is no text`);
    return [unreadable(at)];
  }
  const entry = (term: Term): Entry => ({ text: shownText(text), line, path: at.path, term });
  const word = text.toLowerCase();
  if (word === "*" || word === "any") return [entry({ kind: "any" })];
  if (isExpression(text)) {
    notes.add(line, `${shownText(text)} is worked out when Azure deploys the template`);
    return [entry({ kind: "unknown", what: "dynamic" })];
  }
  // What comes in has a destination in the network, after Azure has translated it.
  if (word === "virtualnetwork") return virtualNetwork(entry, side, action);
  if (word === "internet") return [entry({ kind: "set", id: internetId })];
  if (word === "azureloadbalancer") return [entry(probes)];
  if (/^[a-z][a-z0-9]*(\.[a-z0-9]+)*$/i.test(text)) return [entry({ kind: "unknown", what: "serviceTag" })];
  const term = cidrTerm(text, line, notes);
  return [entry(term.kind === "unknown" && term.within === undefined ? notUnderstood : term)];
}

/** The host's own address, from which probes of the load balancer come; documented as such. */
const probes: Term = { kind: "block", block: { family: "ipv4", words: [0xa83f_8110], length: 32 } };

/**
 * The network, its peers and what is reached through gateways. A permit is taken for private space, so that it hides no
 * lack; a deny may take anything, because a default route through a gateway widens the tag to every address.
 */
function virtualNetwork(entry: (term: Term) => Entry, side: "source" | "destination", action: Action): Entry[] {
  if (side === "destination") return [entry({ kind: "any" })];
  if (action === "deny") return [entry({ kind: "unknown", what: "serviceTag" })];
  return privateSpace.map((within) => entry({ kind: "unknown", what: "serviceTag", within }));
}
