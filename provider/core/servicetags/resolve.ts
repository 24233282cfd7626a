/** One tag out of a document: its prefixes canonical, sorted, each once, and what was odd about it. */

import { closeNames } from "../closeNames";
import { MsemError } from "../errors";
import { comparePrefixes, formatPrefix, type Prefix, parseEntry } from "../ip/index";
import type { Problem } from "../lifecycle";
import { accept, invalid, type RawTag, type ServiceTagDocument } from "./parse";
import { formatPath, serviceTagSchema } from "./schema";

/** The prefixes of one service tag, and where they are from. */
export interface ResolvedTag {
  /** The tag's name as the file writes it. */
  readonly serviceTag: string;
  readonly cloud?: string;
  /** The tag's own change number. */
  readonly changeNumber: number;
  /** The weekly file's change number; never compared with that of the Azure API. */
  readonly fileChangeNumber?: number;
  /** Sorted, IPv4 first, each once. Never empty. Not merged: merging would hide what Microsoft published. */
  readonly prefixes: readonly Prefix[];
  /** What was odd but clear: an entry twice, an entry that is not written canonically. For messages. */
  readonly notes: readonly string[];
}

/**
 * Looks a tag up, without regard to case, and judges it.
 *
 * @throws MsemError `MSEM_INVALID` when the tag is missing (with close names), stands there twice, is empty (which never
 * means "remove all"), or has entries that are no prefixes; with all problems and their paths
 */
export function resolveServiceTag(document: ServiceTagDocument, wanted: string): ResolvedTag {
  const { origin } = document;
  const tag = findTag(document, wanted);
  const { name, properties } = accept(serviceTagSchema, tag.json, tag.path, origin);
  if (properties.addressPrefixes.length === 0) {
    throw new MsemError("MSEM_INVALID", `${origin} has the service tag ${name}, but it is empty`, {
      hint: 'Microsoft has published empty tags by mistake. This is never taken as "remove all"; use another week\'s file.',
    });
  }
  const listPath = [...tag.path, "properties", "addressPrefixes"];
  const { prefixes, notes, problems } = readPrefixes(properties.addressPrefixes, listPath);
  if (problems.length > 0) throw invalid(origin, problems);
  return {
    serviceTag: name,
    ...(document.cloud === undefined ? {} : { cloud: document.cloud }),
    changeNumber: properties.changeNumber,
    ...(document.fileChangeNumber === undefined ? {} : { fileChangeNumber: document.fileChangeNumber }),
    prefixes,
    notes,
  };
}

function findTag(document: ServiceTagDocument, wanted: string): RawTag {
  const { origin, tags } = document;
  const folded = wanted.toLowerCase();
  const found = tags.filter((tag) => tag.name.toLowerCase() === folded);
  const [first] = found;
  if (first === undefined) {
    const names = tags.map((tag) => tag.name);
    const close = closeNames(wanted, names);
    const [only] = names;
    throw new MsemError("MSEM_INVALID", `${origin} has no service tag ${JSON.stringify(wanted)}`, {
      hint:
        close.length > 0
          ? `Close: ${close.join(", ")}.`
          : names.length === 1 && only !== undefined
            ? `It has one tag: ${only}.`
            : `It has ${names.length} tags, none with a name like it.`,
    });
  }
  if (found.length > 1) {
    throw invalid(
      origin,
      found.map((tag) => ({
        path: formatPath(tag.path),
        message: `the service tag ${tag.name} stands here more than once`,
      })),
    );
  }
  return first;
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
