/** What changed between two published lists, and between two whole documents. */
import { comparePrefixes, type Prefix } from "../ip/index";
import type { RawTag, ServiceTagDocument } from "./parse";
import { type ResolvedTag, readTag, rememberingReader, sortedOnce } from "./resolve";

/** Each list sorted, IPv4 first. Together they are every prefix of both lists, each once. */
export interface PrefixDiff {
  readonly added: readonly Prefix[];
  readonly removed: readonly Prefix[];
  readonly kept: readonly Prefix[];
}

/**
 * Compares prefix by prefix: a prefix that was split in two is one removed and two added, because that is what a product's
 * list has to do. One pass over both, after sorting what is not sorted yet.
 */
export function diffPrefixes(from: readonly Prefix[], to: readonly Prefix[]): PrefixDiff {
  const before = sortedOnce(from);
  const after = sortedOnce(to);
  const added: Prefix[] = [];
  const removed: Prefix[] = [];
  const kept: Prefix[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left];
    const next = after[right];
    const order = old === next ? 0 : old === undefined ? 1 : next === undefined ? -1 : comparePrefixes(old, next);
    if (order < 0) removed.push(old as Prefix);
    else if (order > 0) added.push(next as Prefix);
    else kept.push(next as Prefix);
    if (order <= 0) left++;
    if (order >= 0) right++;
  }
  return { added, removed, kept };
}

/** One tag that is in both documents, with another number or other prefixes. */
export interface TagChange extends PrefixDiff {
  readonly serviceTag: string;
  readonly from: { readonly changeNumber: number };
  readonly to: { readonly changeNumber: number };
}

/** Names as published, sorted without regard to case. */
export interface DocumentDiff {
  readonly came: readonly string[];
  readonly went: readonly string[];
  readonly changed: readonly TagChange[];
  /** How many tags are in both and equal. */
  readonly same: number;
}

/**
 * Compares all tags. A tag whose text is the same in both is not read at all: of some 3,000 only a few change in a week.
 *
 * @throws MsemError `MSEM_INVALID` when a tag that changed has entries that are no prefixes; an empty tag is no error
 */
export function diffDocuments(from: ServiceTagDocument, to: ServiceTagDocument): DocumentDiff {
  const before = byName(from);
  const after = byName(to);
  const came = [...after].filter(([key]) => !before.has(key)).map(([, tag]) => tag);
  const went = [...before].filter(([key]) => !after.has(key)).map(([, tag]) => tag);
  const changed: TagChange[] = [];
  const readEntry = rememberingReader();
  let same = 0;
  for (const [key, tag] of after) {
    const old = before.get(key);
    if (old === undefined) continue;
    const change =
      from.counter === to.counter && sameText(old, tag)
        ? undefined
        : changeOf(readTag(from, old, readEntry), readTag(to, tag, readEntry));
    if (change === undefined) same++;
    else changed.push(change);
  }
  return {
    came: names(came),
    went: names(went),
    changed: changed.sort((a, b) => byText(a.serviceTag, b.serviceTag)),
    same,
  };
}

function changeOf(from: ResolvedTag, to: ResolvedTag): TagChange | undefined {
  const diff = diffPrefixes(from.prefixes, to.prefixes);
  // The counters of the file and of the API differ always: that is no change.
  const renumbered = from.counter === to.counter && from.changeNumber !== to.changeNumber;
  if (diff.added.length === 0 && diff.removed.length === 0 && !renumbered) return undefined;
  return {
    serviceTag: to.serviceTag,
    from: { changeNumber: from.changeNumber },
    to: { changeNumber: to.changeNumber },
    ...diff,
  };
}

function byName(document: ServiceTagDocument): Map<string, RawTag> {
  return new Map(document.tags.map((tag) => [tag.name.toLowerCase(), tag]));
}

/** Whether number and entries are written alike. `false` decides nothing. */
function sameText(a: RawTag, b: RawTag): boolean {
  const left = propertiesOf(a);
  const right = propertiesOf(b);
  if (left === undefined || right === undefined || left.changeNumber !== right.changeNumber) return false;
  const { addressPrefixes: from } = left;
  const { addressPrefixes: to } = right;
  return (
    Array.isArray(from) &&
    Array.isArray(to) &&
    from.length === to.length &&
    from.every((entry: unknown, index) => typeof entry === "string" && entry === to[index])
  );
}

function propertiesOf({ json }: RawTag): { changeNumber?: unknown; addressPrefixes?: unknown } | undefined {
  if (typeof json !== "object" || json === null || !("properties" in json)) return undefined;
  const { properties } = json;
  return typeof properties === "object" && properties !== null ? properties : undefined;
}

function names(tags: readonly RawTag[]): string[] {
  return tags.map(({ name }) => name).sort(byText);
}

/** Not `localeCompare`: the same order on every machine. */
function byText(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  return left < right ? -1 : left > right ? 1 : 0;
}
