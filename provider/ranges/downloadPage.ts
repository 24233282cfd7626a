/**
 * Microsoft's download page, read for the newest weekly file. The page embeds what it offers as data; should that end, the
 * addresses still stand somewhere in its text.
 */
import type { Cloud } from "./sources";

/** One offered file. */
export interface OfferedFile {
  readonly url: string;
  /** The date in its name, as `2025-11-03`. */
  readonly date: string;
}

/** The offered files of a cloud, newest first, each once; empty when the page offers none. */
export function findOfferedFiles(html: string, cloud: Cloud, pageUrl: string): OfferedFile[] {
  const embedded = collect(embeddedAddresses(html), cloud, pageUrl);
  return embedded.length > 0 ? embedded : collect(writtenAddresses(html), cloud, pageUrl);
}

/** The date in a weekly file's name, as `2025-11-03`; undefined for another name. */
export function dateInName(url: string): string | undefined {
  const [, year, month, day] = /ServiceTags_[A-Za-z]+_(\d{4})(\d{2})(\d{2})\.json$/i.exec(pathOf(url)) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

/** The file's name, for messages. */
export function nameOf(url: string): string {
  return new URL(url).pathname.split("/").pop() || url;
}

function collect(addresses: readonly string[], cloud: Cloud, pageUrl: string): OfferedFile[] {
  const byUrl = new Map<string, OfferedFile>();
  for (const address of addresses) {
    if (!URL.canParse(address, pageUrl)) continue;
    const { href } = new URL(address, pageUrl);
    const date = dateInName(href);
    if (date === undefined || !pathOf(href).toLowerCase().includes(`/servicetags_${cloud.toLowerCase()}_`)) continue;
    byUrl.set(href, { url: href, date });
  }
  return [...byUrl.values()].sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
}

function pathOf(url: string): string {
  return url.split(/[?#]/)[0] ?? "";
}

const marker = "window.__DLCDetails__";

/** `dlcDetailsView.downloadFile[].url` of the embedded data. */
function embeddedAddresses(html: string): string[] {
  const start = html.indexOf(marker);
  if (start < 0) return [];
  const open = html.indexOf("{", start + marker.length);
  if (open < 0 || html.slice(start + marker.length, open).trim() !== "=") return [];
  const close = endOfObject(html, open);
  if (close === undefined) return [];
  try {
    const data: unknown = JSON.parse(html.slice(open, close));
    const files = field(field(data, "dlcDetailsView"), "downloadFile");
    if (!Array.isArray(files)) return [];
    return files.map((file) => field(file, "url")).filter((url): url is string => typeof url === "string");
  } catch {
    return [];
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Where the object that opens here ends (behind its brace). Braces inside strings do not count. */
function endOfObject(text: string, open: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return at + 1;
  }
  return undefined;
}

/** Every address that looks like the file's, however the page escapes it. */
function writtenAddresses(html: string): string[] {
  const text = html
    .replaceAll("\\/", "/")
    .replaceAll(/\\u002f/gi, "/")
    .replaceAll("&amp;", "&");
  return [...text.matchAll(/https?:\/\/[^\s"'<>\\]{1,400}?ServiceTags_[A-Za-z]{1,40}_\d{8}\.json/gi)].map(
    ([url]) => url,
  );
}
