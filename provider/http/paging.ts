/** Lists that come in pages: one async iterable, whatever their number. */
import { MsemError } from "../core/errors";

export interface Page<T> {
  readonly value: readonly T[];
  /** Where the next page is; absent on the last one. */
  readonly nextLink?: string;
}

export interface Paging<T> {
  /** The first page's URL. */
  readonly first: URL;
  fetch(url: URL): Promise<Page<T>>;
  /** Makes a link absolute and refuses one that leads elsewhere, so that the token never follows it. */
  resolve(link: string, what: string): URL;
  /** Upper limit of pages. Default 1,000, which at 100 per page is far beyond any tenant. */
  readonly maxPages?: number;
}

const defaultMaxPages = 1_000;

/**
 * Yields every item, fetching a page only when its items are wanted.
 * @throws MsemError MSEM_PROTOCOL for a link to another origin, a link that comes again, or too many pages
 */
export async function* paginate<T>(paging: Paging<T>): AsyncGenerator<T, void, undefined> {
  const limit = paging.maxPages ?? defaultMaxPages;
  const visited = new Set<string>();
  let next: URL | undefined = paging.first;
  while (next !== undefined) {
    if (visited.has(next.href)) throw endless("the service gave a nextLink a second time");
    if (visited.size >= limit) throw endless(`there are more than ${limit} pages`);
    visited.add(next.href);
    const page: Page<T> = await paging.fetch(next);
    yield* page.value;
    next = page.nextLink === undefined ? undefined : paging.resolve(page.nextLink, "nextLink");
  }
}

function endless(what: string): MsemError {
  return new MsemError("MSEM_PROTOCOL", `The list does not end: ${what}.`);
}
