/** One tag out of a document: its prefixes canonical, sorted, each once, and what was odd about it. */

import { closeNames } from "../closeNames";
import { MsemError } from "../errors";
import { comparePrefixes, formatPrefix, type Prefix, parseEntry } from "../ip/index";
import type { Problem } from "../lifecycle";
import { acceptTag, type CounterKind, invalid } from "./accept";
import type { RawTag, ServiceTagDocument } from "./parse";
import { formatPath } from "./path";

/** The prefixes of one service tag, and where they are from. */
export interface ResolvedTag {
  /** The tag's name as the file writes it. */
  readonly serviceTag: string;
  readonly cloud?: string;
  /** Who counted `changeNumber`. Numbers of different counters are never compared. */
  readonly counter: CounterKind;
  /** The tag's own change number. */
  readonly changeNumber: number;
  /** The weekly file's change number; never compared with that of the Azure API. */
  readonly fileChangeNumber?: number;
  /** Sorted, IPv4 first, each once. Not merged: merging would hide what Microsoft published. */
  readonly prefixes: readonly Prefix[];
  /** What was odd but clear: an entry twice, an entry that is not written canonically. For messages. */
  readonly notes: readonly string[];
}

/** A tag that a document does not have. */
export interface MissingTag {
  readonly serviceTag: string;
  /** A sentence with the names that come close. */
  readonly hint: string;
}

/**
 * Looks a tag up, without regard to case, and judges it.
 *
 * @throws MsemError `MSEM_INVALID` when the tag is missing (with close names), stands there twice, is empty (which never
 * means "remove all"), or has entries that are no prefixes; with all problems and their paths
 */
export function resolveServiceTag(document: ServiceTagDocument, wanted: string): ResolvedTag {
  const found = lookUpServiceTag(document, wanted);
  if ("hint" in found) {
    const message = `${document.origin} has no service tag ${JSON.stringify(wanted)}`;
    throw new MsemError("MSEM_INVALID", message, { hint: found.hint });
  }
  if (found.prefixes.length === 0) {
    throw new MsemError("MSEM_INVALID", `${document.origin} has the service tag ${found.serviceTag}, but it is empty`, {
      hint: 'Microsoft has published empty tags by mistake. This is never taken as "remove all"; use another week\'s file.',
    });
  }
  return found;
}

/**
 * As {@link resolveServiceTag}, but a tag that is missing or empty is an answer, for the guards to judge.
 *
 * @throws MsemError `MSEM_INVALID` when the tag stands there twice, or has entries that are no prefixes
 */
export function lookUpServiceTag(document: ServiceTagDocument, wanted: string): ResolvedTag | MissingTag {
  const tag = findTag(document, wanted);
  return tag === undefined ? { serviceTag: wanted, hint: closeTags(document, wanted) } : readTag(document, tag);
}

/** @throws MsemError `MSEM_INVALID` with all problems of this tag and their paths */
export function readTag(document: ServiceTagDocument, tag: RawTag, readEntry: EntryReader = plainReader): ResolvedTag {
  const { origin, counter, cloud, fileChangeNumber } = document;
  const { name, properties } = acceptTag(counter, tag.json, tag.path, origin);
  const listPath = [...tag.path, "properties", "addressPrefixes"];
  const { prefixes, notes, problems } = readPrefixes(properties.addressPrefixes, listPath, readEntry);
  if (problems.length > 0) throw invalid(origin, problems);
  return {
    serviceTag: name,
    ...(cloud === undefined ? {} : { cloud }),
    counter,
    changeNumber: properties.changeNumber,
    ...(fileChangeNumber === undefined ? {} : { fileChangeNumber }),
    prefixes,
    notes,
  };
}

function findTag({ origin, tags }: ServiceTagDocument, wanted: string): RawTag | undefined {
  const folded = wanted.toLowerCase();
  const found = tags.filter((tag) => tag.name.toLowerCase() === folded);
  if (found.length < 2) return found[0];
  throw invalid(
    origin,
    found.map((tag) => ({
      path: formatPath(tag.path),
      message: `the service tag ${tag.name} stands here more than once`,
    })),
  );
}

function closeTags({ tags, nextLink }: ServiceTagDocument, wanted: string): string {
  const names = tags.map((tag) => tag.name);
  const close = closeNames(wanted, names);
  const [only] = names;
  const known =
    close.length > 0
      ? `Close: ${close.join(", ")}.`
      : names.length === 1 && only !== undefined
        ? `It has one tag: ${only}.`
        : `It has ${names.length} tags, none with a name like it.`;
  return nextLink === undefined ? known : `${known} It is one page of several (nextLink): give all of them as one.`;
}

/** One entry: its prefix, and whether it is written canonically. */
type ReadEntry =
  | { readonly ok: true; readonly prefix: Prefix; readonly canonical: boolean }
  | { readonly ok: false; readonly message: string };

export type EntryReader = (entry: string) => ReadEntry;

function plainReader(entry: string): ReadEntry {
  const parsed = parseEntry(entry);
  return parsed.ok
    ? { ok: true, prefix: parsed.value, canonical: formatPrefix(parsed.value) === entry }
    : { ok: false, message: parsed.problem.message };
}

/** Reads each text once: most entries of a week's file stand in it twice, and in the next week's again. */
export function rememberingReader(): EntryReader {
  const known = new Map<string, ReadEntry>();
  return (entry) => {
    let read = known.get(entry);
    if (read === undefined) {
      read = plainReader(entry);
      known.set(entry, read);
    }
    return read;
  };
}

interface ReadPrefixes {
  readonly prefixes: readonly Prefix[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

function readPrefixes(
  entries: readonly string[],
  listPath: readonly PropertyKey[],
  readEntry: EntryReader,
): ReadPrefixes {
  const at = (index: number): string => formatPath([...listPath, index]);
  const notes: { readonly index: number; readonly text: string }[] = [];
  const problems: Problem[] = [];
  const read: Prefix[] = [];
  entries.forEach((entry, index) => {
    const one = readEntry(entry);
    if (!one.ok) {
      problems.push({ path: at(index), message: one.message });
      return;
    }
    if (!one.canonical) notes.push({ index, text: `${entry} is not canonical; read as ${formatPrefix(one.prefix)}` });
    read.push(one.prefix);
  });
  const prefixes = sortedOnce(read);
  // Where entries stand matters for a message only, so it is looked for only when there is something to say.
  if (prefixes.length < read.length && problems.length === 0) notes.push(...duplicates(read));
  notes.sort((a, b) => a.index - b.index);
  return { prefixes, notes: notes.map(({ index, text }) => `${at(index)}: ${text}`), problems };
}

function duplicates(read: readonly Prefix[]): { readonly index: number; readonly text: string }[] {
  const first = new Map<string, number>();
  return read.flatMap((prefix, index) => {
    const text = formatPrefix(prefix);
    const earlier = first.get(text);
    if (earlier === undefined) {
      first.set(text, index);
      return [];
    }
    return [{ index, text: `${text} is a duplicate of entry ${earlier}` }];
  });
}

/** Sorted and each once; the list itself when it is so already, as published lists mostly are. */
export function sortedOnce(prefixes: readonly Prefix[]): readonly Prefix[] {
  if (ascends(prefixes)) return prefixes;
  const copy = [...prefixes].sort(comparePrefixes);
  return copy.filter((prefix, index) => index === 0 || comparePrefixes(copy[index - 1] as Prefix, prefix) !== 0);
}

function ascends(prefixes: readonly Prefix[]): boolean {
  for (let index = 1; index < prefixes.length; index++) {
    if (comparePrefixes(prefixes[index - 1] as Prefix, prefixes[index] as Prefix) >= 0) return false;
  }
  return true;
}
