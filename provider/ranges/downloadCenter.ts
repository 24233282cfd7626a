/** The newest weekly file of Microsoft's Download Center. */
import { MsemError } from "../core/errors";
import { type Downloaded, type DownloadRequest, download } from "../http/download";
import { parseEndpoint } from "../http/endpoint";
import type { CacheEntry } from "./cache";
import { findOfferedFiles, nameOf } from "./downloadPage";
import { endpointOf, type Fetched, type Fetching, readAnswer } from "./fetched";
import { decodeText } from "./readText";
import type { Cloud, DownloadCenterSource } from "./sources";

const microsoft = "https://www.microsoft.com";

/** The files are on another host than the page. */
const fileHost = "https://download.microsoft.com";

/** Numbers of the pages "Azure IP Ranges and Service Tags". */
const pages: Readonly<Record<Cloud, number>> = { Public: 56519, AzureGovernment: 57063, China: 57062 };

/**
 * An address that always had the newest Public file, documented nowhere, and the one that went back in May 2025: for when
 * the page says nothing.
 */
const publicAlias = "/download/7/1/D/71D86715-5596-4529-9B13-DA13A5DE5B63/ServiceTags_Public_Latest.json";

/** The server, as the source or the environment has it. */
export function downloadCenterOf(
  source: DownloadCenterSource,
  fetching: Pick<Fetching, "environment">,
): { readonly href: string; readonly given: boolean } {
  const { href, given } = endpointOf(fetching, source.endpoint, "MSEM_DOWNLOAD_CENTER_URL", microsoft);
  return { href: parseEndpoint(href).href, given };
}

/** The page for people to look at. */
export function pageOf(source: DownloadCenterSource, base: string): string {
  return `${base}/en-us/download/details.aspx?id=${pages[source.cloud]}`;
}

/**
 * Finds the newest file and gets it, unless `kept` is it already.
 *
 * @returns undefined when `kept` is still the newest
 * @throws MsemError
 */
export async function fetchWeeklyFile(
  source: DownloadCenterSource,
  kept: CacheEntry | undefined,
  fetching: Fetching,
): Promise<Fetched | undefined> {
  const { href: base, given } = downloadCenterOf(source, fetching);
  const permits = permitted(base, given);
  const hint = `Look at ${pageOf(source, base)}, or save the file yourself and give it: file("ServiceTags_${source.cloud}_….json").`;
  const request = (url: string, what: string, accept: string): DownloadRequest => ({
    url,
    what,
    accept,
    permits,
    hint,
  });

  const link = await findLink(source, base, request, fetching);
  const get = async (url: string): Promise<Fetched | undefined> => {
    const known = kept?.url === url ? kept.validators : undefined;
    fetching.progress(`Getting ${nameOf(url)}`);
    const wanted = request(url, `the weekly file of the ${source.cloud} cloud`, "application/json, */*");
    const answer = await download({ ...wanted, ...(known === undefined ? {} : { known }) }, fetching.settings);
    return toFetched(answer, url);
  };
  if (typeof link === "string") {
    try {
      return await get(link);
    } catch (error) {
      if (!(error instanceof MsemError && error.code === "MSEM_NOT_FOUND") || source.cloud !== "Public") throw error;
      return await getAlias(get, aliasOf(base, given), error);
    }
  }
  if (source.cloud !== "Public") throw link;
  return await getAlias(get, aliasOf(base, given), link);
}

/** The newest offered file, or the error that says why there is none to be seen. */
async function findLink(
  source: DownloadCenterSource,
  base: string,
  request: (url: string, what: string, accept: string) => DownloadRequest,
  { settings, progress }: Fetching,
): Promise<string | MsemError> {
  progress(`Looking for the newest file of the ${source.cloud} cloud`);
  const wanted = request(pageOf(source, base), "the download page", "text/html, */*");
  let answer: Downloaded;
  try {
    answer = await download(wanted, settings);
  } catch (error) {
    // Where nothing answers in time, the alias would not either.
    if (error instanceof MsemError && error.details.status !== undefined) return error;
    throw error;
  }
  const html = answer.kind === "body" ? decodeText(answer.bytes) : undefined;
  const [newest] = html === undefined || answer.kind !== "body" ? [] : findOfferedFiles(html, source.cloud, answer.url);
  if (newest !== undefined) return newest.url;
  return new MsemError("MSEM_PROTOCOL", `the download page offers no file ServiceTags_${source.cloud}_….json`, {
    ...(wanted.hint === undefined ? {} : { hint: wanted.hint }),
  });
}

/** The last resort. When it fails too, the first error is the one that tells what to do. */
async function getAlias(
  get: (url: string) => Promise<Fetched | undefined>,
  alias: string,
  first: MsemError,
): Promise<Fetched | undefined> {
  try {
    return await get(alias);
  } catch {
    throw first;
  }
}

function aliasOf(base: string, given: boolean): string {
  return `${given ? base : fileHost}${publicAlias}`;
}

function toFetched(answer: Downloaded, asked: string): Fetched | undefined {
  if (answer.kind === "unchanged") return undefined;
  // Kept under the address that was asked: a mirror may redirect elsewhere every time.
  return { text: readAnswer(answer.bytes, nameOf(asked), "file"), url: asked, validators: answer.validators };
}

/** Links of the page are followed to Microsoft's hosts only; of another server's page, to that server too. */
function permitted(base: string, given: boolean): (url: URL) => boolean {
  const { origin } = new URL(base);
  return (url) =>
    (given && url.origin === origin) ||
    (url.protocol === "https:" && url.port === "" && /(?:^|\.)microsoft\.com$/.test(url.hostname));
}
