/** IP sets of AWS WAF (WAFV2), as `get-ip-set` and `list-ip-sets` answer, alone or several in an array. */
import { type Entry, type Model, type NamedSet, noteCollector } from "../../core/allowlist/index";
import { idGiver } from "../arm";
import {
  cidrTerm,
  cutEntry,
  itemsOf,
  type Notes,
  type Place,
  placeOf,
  placesIn,
  readDocument,
  shownText,
  unreadable,
} from "../document";
import { textOf } from "../json";

export function parseIpSets(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, cut } = readDocument(text, notes);
  const giveId = idGiver();
  const sets = root === undefined ? [] : setsIn({ node: root, path: "" }, giveId, notes);
  const last = sets.at(-1);
  return {
    file,
    vendor: "aws-wafv2",
    sets: sets.map((set) =>
      cut !== undefined && set === last ? { ...set, entries: [...set.entries, cutEntry(cut)] } : set,
    ),
    ruleLists: [],
    notes: notes.notes(),
  };
}

function setsIn(root: Place, giveId: (wanted: string) => string, notes: Notes): NamedSet[] {
  const wrong = ({ node, path }: Place): void => notes.add(node.line, `${path} is no list`);
  return (placesIn(root) ?? [root]).flatMap((place): NamedSet[] => {
    if (placeOf(place, "NextMarker") !== undefined) notes.add(place.node.line, "there are more pages than this one");
    const token = placeOf(place, "LockToken");
    const inside = placeOf(place, "IPSet");
    const one = inside ?? (placeOf(place, "IPAddressVersion") === undefined ? undefined : place);
    const listed = itemsOf(place, "IPSets", wrong).map((summary) =>
      setOf(summary, placeOf(summary, "LockToken"), giveId, notes),
    );
    return one === undefined ? listed : [setOf(one, token, giveId, notes), ...listed];
  });
}

function setOf(place: Place, token: Place | undefined, giveId: (wanted: string) => string, notes: Notes): NamedSet {
  const text = (name: string): string | undefined => textOf(placeOf(place, name)?.node);
  const name = shownText(text("Name") ?? text("Id") ?? "");
  const version = text("IPAddressVersion")?.toUpperCase();
  const family = version === "IPV4" ? "ipv4" : version === "IPV6" ? "ipv6" : undefined;
  const lock = textOf(token?.node);
  const description = text("Description");
  return {
    id: giveId(text("ARN") ?? text("Id") ?? name),
    name,
    kind: "IP set",
    ...(family === undefined ? {} : { family }),
    ...(lock === undefined ? {} : { token: lock }),
    ...(description === undefined ? {} : { description }),
    line: place.node.line,
    entries: entriesOf(place, family, notes),
  };
}

function entriesOf(place: Place, family: NamedSet["family"], notes: Notes): Entry[] {
  const addresses = placeOf(place, "Addresses");
  // A summary of the set does not tell what is in it, and is not empty.
  if (addresses === undefined) {
    const { line } = place.node;
    return [{ text: "addresses of another file", line, path: place.path, term: { kind: "unknown", what: "external" } }];
  }
  return (placesIn(addresses) ?? [addresses]).map((at): Entry => {
    const text = textOf(at.node);
    if (text === undefined) {
      notes.add(at.node.line, `${at.path} is no text`);
      return unreadable(at);
    }
    // WAF compares as many bits as the length says; its own documentation has host bits.
    const term = cidrTerm(text, at.node.line, notes, {
      hostBits: "clear",
      ...(family === undefined ? {} : { family }),
    });
    return { text: shownText(text), line: at.node.line, path: at.path, term };
  });
}
