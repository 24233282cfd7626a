/** One tag out of a document: its prefixes canonical, sorted, each once, and what was odd about it. */

import { closeNames } from "../closeNames";
import { MsemError } from "../errors";
import { comparePrefixes, formatPrefix, type Prefix, parseEntry } from "../ip/index";
import type { Problem } from "../lifecycle";
import { accept, type CounterKind, invalid, type RawTag, type ServiceTagDocument, schemaOfTag } from "./parse";
import { formatPath } from "./schema";

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
export function readTag(document: ServiceTagDocument, tag: RawTag): ResolvedTag {
  const { origin, counter, cloud, fileChangeNumber } = document;
  const { name, properties } = accept(schemaOfTag(counter), tag.json, tag.path, origin);
  const listPath = [...tag.path, "properties", "addressPrefixes"];
  const { prefixes, notes, problems } = readPrefixes(properties.addressPrefixes, listPath);
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

interface ReadPrefixes {
  readonly prefixes: readonly Prefix[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

function readPrefixes(entries: readonly string[], listPath: readonly PropertyKey[]): ReadPrefixes {
  const byText = new Map<string, { prefix: Prefix; at: number }>();
  const notes: string[] = [];
  const problems: Problem[] = [];
  entries.forEach((entry, index) => {
    const path = formatPath([...listPath, index]);
    const parsed = parseEntry(entry);
    if (!parsed.ok) {
      problems.push({ path, message: parsed.problem.message });
      return;
    }
    const text = formatPrefix(parsed.value);
    const earlier = byText.get(text);
    if (earlier !== undefined) {
      notes.push(`${path}: ${text} is a duplicate of entry ${earlier.at}`);
      return;
    }
    byText.set(text, { prefix: parsed.value, at: index });
    if (text !== entry) notes.push(`${path}: ${entry} is not canonical; read as ${text}`);
  });
  const prefixes = [...byText.values()].map(({ prefix }) => prefix).sort(comparePrefixes);
  return { prefixes, notes, problems };
}
