/**
 * From a source to a document and to one tag of it. What speaks HTTP is loaded for a source on a server only, schemas for
 * what is not as it should be.
 */
import { stat } from "node:fs/promises";
import { MsemError } from "../core/errors";
// Not by way of the index, which has the guards as well: they load zod.
import { parseServiceTags, type ServiceTagDocument } from "../core/servicetags/parse";
import { lookUpServiceTag, type MissingTag, type ResolvedTag, resolveServiceTag } from "../core/servicetags/resolve";
import type { DownloadSettings } from "../http/download";
import { showUrl } from "../http/redact";
import type { CacheEntry } from "./cache";
import { defaultCacheFolder } from "./cacheFolder";
import { dateInName, nameOf } from "./downloadPage";
import { type Fetched, type Fetching, readAnswer } from "./fetched";
import { readText } from "./readText";
import { type Cloud, clouds, type RangeSource, type WantedRanges } from "./sources";

/** Where a list is from. For messages; none of it is kept anywhere. */
export interface Provenance {
  /** File, address without query string, or service. */
  readonly source: string;
  readonly cloud?: string;
  readonly fileChangeNumber?: number;
  /** The date in the weekly file's name: a Monday, some days before it was published. */
  readonly fileDate?: string;
}

/** A document and where it is from. */
export interface SourceDocument {
  readonly document: ServiceTagDocument;
  readonly provenance: Provenance;
}

export interface ResolverSettings {
  readonly environment?: (name: string) => string | undefined;
  /** Clock in ms since 1970. Default Date.now. */
  readonly now?: () => number;
  /** Where fetched documents are kept. Default: MSEM_CACHE_DIR, or the user's cache folder. */
  readonly cacheFolder?: string;
  /** Limit of one resolution with all its requests. Default 120,000 ms. */
  readonly timeoutMs?: number;
  readonly retry?: DownloadSettings["retry"];
  readonly sleep?: DownloadSettings["sleep"];
  readonly attemptMs?: number;
  /** Gets one line on what is being done. Default: nobody. */
  readonly progress?: (line: string) => void;
  /** Gets one line on what went wrong without harm. Default: nobody. */
  readonly warn?: (line: string) => void;
}

export interface Resolver {
  /** @throws MsemError */
  document(source: RangeSource): Promise<SourceDocument>;
}

/** How long a result is used again: the preview and the `up` of one run should see the same list. */
export const reuseMs = 15 * 60_000;

const defaultTimeoutMs = 120_000;

/** Each source is asked once; a failure is not remembered. */
export function createResolver(settings: ResolverSettings = {}): Resolver {
  const now = settings.now ?? Date.now;
  const remembered = new Map<string, { readonly since: number; readonly result: Promise<SourceDocument> }>();
  return {
    async document(source) {
      const key = await keyOf(source, settings);
      const known = remembered.get(key);
      if (known !== undefined && isFresh(known.since, now())) return known.result;
      const result = load(source, key, settings, now);
      remembered.set(key, { since: now(), result });
      // Only if it is still this one: a later attempt may have replaced it.
      result.catch(() => remembered.get(key)?.result === result && remembered.delete(key));
      return result;
    },
  };
}

let shared: Resolver | undefined;

/** The resolver of this process. */
export function processResolver(): Resolver {
  shared ??= createResolver();
  return shared;
}

/** One tag, as {@link resolveServiceTag}, with where it is from. @throws MsemError */
export async function resolveRanges(
  wanted: WantedRanges,
  resolver: Resolver = processResolver(),
): Promise<ResolvedTag & { readonly provenance: Provenance }> {
  const { document, provenance } = await documentOf(wanted, resolver);
  return { ...resolveServiceTag(document, wanted.serviceTag), provenance };
}

/** What a source publishes for a tag: the tag, missing, or empty. That is for the guards to judge. */
export interface LookedUp extends SourceDocument {
  readonly found: ResolvedTag | MissingTag;
}

/** As {@link resolveRanges}, but a tag that is missing or empty is an answer. @throws MsemError */
export async function lookUpRanges(wanted: WantedRanges, resolver: Resolver = processResolver()): Promise<LookedUp> {
  const { document, provenance } = await documentOf(wanted, resolver);
  return { found: lookUpServiceTag(document, wanted.serviceTag), document, provenance };
}

async function documentOf({ source, cloud }: WantedRanges, resolver: Resolver): Promise<SourceDocument> {
  const result = await resolver.document(source);
  if (cloud !== undefined) requireCloud(result.document, cloud);
  return result;
}

/** Whether something of that time may be used again. A time in the future is a clock that was set back. */
function isFresh(since: number, now: number): boolean {
  return since <= now && now - since < reuseMs;
}

function environmentOf({ environment }: ResolverSettings): (name: string) => string | undefined {
  return environment ?? ((name) => process.env[name]);
}

/** Sources with equal keys give the same document. */
async function keyOf(source: RangeSource, settings: ResolverSettings): Promise<string> {
  const surroundings = { environment: environmentOf(settings) };
  switch (source.kind) {
    case "file": {
      // A file is read again when it was written again.
      const { mtimeMs, size } = await stat(source.path).catch(() => ({ mtimeMs: 0, size: 0 }));
      return JSON.stringify(["file", source.path, mtimeMs, size]);
    }
    case "url":
      return JSON.stringify(["url", source.url]);
    case "downloadCenter": {
      const { downloadCenterOf } = require("./downloadCenter") as typeof import("./downloadCenter");
      return JSON.stringify(["downloadCenter", downloadCenterOf(source, surroundings).href, source.cloud]);
    }
    case "serviceTagApi": {
      const { managerOf } = require("./serviceTagApi") as typeof import("./serviceTagApi");
      const { subscriptionId, location } = source;
      return JSON.stringify(["serviceTagApi", managerOf(source, surroundings), subscriptionId, location]);
    }
  }
}

async function load(
  source: RangeSource,
  key: string,
  settings: ResolverSettings,
  now: () => number,
): Promise<SourceDocument> {
  if (source.kind === "file") {
    const document = parseServiceTags(await readText(source.path), source.path);
    return { document, provenance: provenanceOf(document, source.path, dateInName(source.path)) };
  }
  const environment = environmentOf(settings);
  const { createCache } = require("./cache") as typeof import("./cache");
  const cache = createCache(settings.cacheFolder ?? defaultCacheFolder(environment));
  const kept = await cache.read(key);
  if (kept !== undefined && isFresh(kept.fetchedAt, now())) return toDocument(source, kept);

  const fetching: Fetching = {
    environment,
    progress: settings.progress ?? (() => undefined),
    settings: {
      deadline: now() + (settings.timeoutMs ?? defaultTimeoutMs),
      now,
      ...(settings.retry === undefined ? {} : { retry: settings.retry }),
      ...(settings.sleep === undefined ? {} : { sleep: settings.sleep }),
      ...(settings.attemptMs === undefined ? {} : { attemptMs: settings.attemptMs }),
    },
  };
  const fetched = await fetchFrom(source, kept, fetching);
  const fetchedAt = now();
  const entry: CacheEntry = fetched === undefined ? { ...(kept as CacheEntry), fetchedAt } : { ...fetched, fetchedAt };
  const result = toDocument(source, entry);
  try {
    await cache.write(key, entry);
  } catch (error) {
    // Not `instanceof Error`: an error of Node's own may come from another realm than ours.
    const known = typeof error === "object" && error !== null && "code" in error;
    const code = known ? ` (${String(error.code)})` : "";
    settings.warn?.(
      `The list of service tags cannot be kept on disk${code}: set MSEM_CACHE_DIR to a folder that can be written.`,
    );
  }
  return result;
}

/** Undefined when what is kept is still the newest. */
async function fetchFrom(
  source: Exclude<RangeSource, { kind: "file" }>,
  kept: CacheEntry | undefined,
  fetching: Fetching,
): Promise<Fetched | undefined> {
  switch (source.kind) {
    case "downloadCenter": {
      const { fetchWeeklyFile } = require("./downloadCenter") as typeof import("./downloadCenter");
      return fetchWeeklyFile(source, kept, fetching);
    }
    case "serviceTagApi": {
      const { fetchServiceTags } = require("./serviceTagApi") as typeof import("./serviceTagApi");
      return fetchServiceTags(source, fetching);
    }
    case "url": {
      const { download } = require("../http/download") as typeof import("../http/download");
      if (!URL.canParse(source.url)) throw new MsemError("MSEM_INVALID", "url: this is no address");
      fetching.progress(`Getting ${showUrl(source.url)}`);
      const known = kept === undefined ? {} : { known: kept.validators };
      const request = { url: source.url, what: "the list of service tags", accept: "application/json, */*", ...known };
      const answer = await download(request, fetching.settings);
      if (answer.kind === "unchanged") return undefined;
      const shown = showUrl(source.url);
      return { text: readAnswer(answer.bytes, shown, undefined), url: shown, validators: answer.validators };
    }
  }
}

function toDocument(source: Exclude<RangeSource, { kind: "file" }>, { text, url }: CacheEntry): SourceDocument {
  const name = source.kind === "downloadCenter" ? nameOf(url) : showUrl(url);
  const document = parseServiceTags(text, source.kind === "serviceTagApi" ? "the answer of the service-tag API" : name);
  if (source.kind !== "url") requireCloud(document, source.cloud);
  return { document, provenance: provenanceOf(document, name, dateInName(url)) };
}

/** A list of another cloud would let the wrong addresses in, and the right ones out. */
function requireCloud({ origin, counter, cloud }: ServiceTagDocument, wanted: Cloud): void {
  if (cloud === undefined || cloud.toLowerCase() === wanted.toLowerCase()) return;
  // What the API calls the other clouds stands nowhere: only a name that is surely another one's is refused.
  if (counter === "api" && !clouds.some((known) => known.toLowerCase() === cloud.toLowerCase())) return;
  throw new MsemError("MSEM_PROTOCOL", `${origin} is of the cloud ${cloud}, not ${wanted}`, {
    hint: "Name the cloud that you mean: Public, AzureGovernment or China.",
  });
}

function provenanceOf(document: ServiceTagDocument, source: string, fileDate: string | undefined): Provenance {
  const { cloud, fileChangeNumber } = document;
  return {
    source,
    ...(cloud === undefined ? {} : { cloud }),
    ...(fileChangeNumber === undefined ? {} : { fileChangeNumber }),
    ...(fileDate === undefined ? {} : { fileDate }),
  };
}
