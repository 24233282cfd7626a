import fc from "fast-check";
import { type Page, paginate } from "../../provider/http/paging";
import { failureOf } from "./server";

const first = new URL("https://host.example/items?page=0");
const resolve = (link: string) => new URL(link, first);

function pagesOf<T>(pages: readonly (readonly T[])[]) {
  const fetched: number[] = [];
  return {
    fetched,
    fetch: async (url: URL): Promise<Page<T>> => {
      const index = Number(url.searchParams.get("page"));
      fetched.push(index);
      const value = pages[index] ?? [];
      return index + 1 < pages.length ? { value, nextLink: `/items?page=${index + 1}` } : { value };
    },
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("paging", () => {
  it("yields every item once and in order, whatever the pages, empty ones included", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer(), { maxLength: 5 }), { maxLength: 8 }), async (pages) => {
        const source = pagesOf(pages);
        expect(await all(paginate({ first, resolve, fetch: source.fetch }))).toEqual(pages.flat());
      }),
    );
  });

  it("fetches no page that nobody asks for", async () => {
    const source = pagesOf([[1], [2], [3]]);
    for await (const item of paginate({ first, resolve, fetch: source.fetch })) if (item === 1) break;
    expect(source.fetched).toEqual([0]);
  });

  it("refuses a list that leads back to where it was", async () => {
    const fetch = async () => ({ value: [1], nextLink: "/items?page=0" });
    expect(String(await failureOf(all(paginate({ first, resolve, fetch }))))).toMatch(/MSEM_PROTOCOL .*second time/);
  });

  it("refuses a list without end", async () => {
    let page = 0;
    const fetch = async () => ({ value: [1], nextLink: `/items?page=${++page}` });
    expect(String(await failureOf(all(paginate({ first, resolve, fetch, maxPages: 7 }))))).toMatch(/more than 7 pages/);
    expect(page).toBe(7);
  });
});
