/** IP Groups among Azure resources; policies refer to them by id. */
import type { Entry, NamedSet } from "../../core/allowlist/index";
import { parseRange } from "../../core/ip/index";
import { isExpression, propertyOf, type Resource } from "../arm";
import { cidrTerm, type Notes, type Place, placesIn, shownText, unreadable } from "../document";
import { textOf } from "../json";
import { mostAddresses } from "./capability";

const groupType = "microsoft.network/ipgroups";

/** Ids of Azure differ in case from one answer to the next. */
export const groupId = (id: string): string => id.toLowerCase();

export function ipGroupsIn(
  resources: readonly Resource[],
  notes: Notes,
  giveId: (wanted: string) => string,
): NamedSet[] {
  return resources.flatMap(({ place, type, name, id }): NamedSet[] => {
    const addresses = propertyOf(place, "ipAddresses");
    if (type === undefined ? addresses === undefined : type !== groupType) return [];
    const entries = addresses === undefined ? [] : entriesIn(addresses, notes);
    const own = shownText(name);
    return [
      {
        id: giveId(groupId(id ?? own)),
        name: own,
        kind: "IP group",
        family: "ipv4",
        maxEntries: mostAddresses,
        line: place.node.line,
        entries,
      },
    ];
  });
}

function entriesIn(place: Place, notes: Notes): Entry[] {
  return (placesIn(place) ?? [place]).map((at) => {
    const text = textOf(at.node);
    if (text === undefined) {
      notes.add(at.node.line, `${at.path} is no text`);
      return unreadable(at);
    }
    return { text: shownText(text), line: at.node.line, path: at.path, term: groupTerm(text, at.node.line, notes) };
  });
}

/** An address, a prefix or a range of IPv4. */
export function groupTerm(text: string, line: number, notes: Notes): Entry["term"] {
  if (isExpression(text)) {
    notes.add(line, `${shownText(text)} is worked out when Azure deploys the template`);
    return { kind: "unknown", what: "dynamic" };
  }
  const range = text.includes("-") ? parseRange(text) : undefined;
  if (range?.ok === true && range.value.family === "ipv4") return { kind: "block", block: range.value };
  return cidrTerm(text, line, notes, { family: "ipv4" });
}
