/** The stand-in itself: what a plain client sees of it. */
import { createServiceTagsEmulator, type ServiceTagsEmulator } from "../../provider/emulator/index";

let emulator: ServiceTagsEmulator;

beforeEach(async () => {
  emulator = await createServiceTagsEmulator({ token: "t" });
});
afterEach(() => emulator.close());

const page = () => fetch(`${emulator.url}/en-us/download/details.aspx?id=56519`);
const linksOf = (html: string) => [...html.matchAll(/http:[^"]+?\.json/g)].map(([link]) => link);

describe("the stand-in for the download page", () => {
  it("offers what was published until it is withdrawn", async () => {
    emulator.publish("Public", "2026-11-16", { changeNumber: 1, cloud: "Public", values: [] });
    emulator.publish("China", "2026-11-16", { changeNumber: 1, cloud: "China", values: [] });
    const [link = "", ...more] = new Set(linksOf(await (await page()).text()));
    expect(more).toEqual([]);
    expect(await (await fetch(link)).json()).toEqual({ changeNumber: 1, cloud: "Public", values: [] });
    emulator.withdraw("Public");
    expect(linksOf(await (await page()).text())).toEqual([]);
    expect((await fetch(link)).status).toBe(404);
  });

  it("answers 304 to the version that it gave, and 200 to any other", async () => {
    emulator.publish("Public", "2026-11-16", { changeNumber: 1 });
    const [link = ""] = linksOf(await (await page()).text());
    const etag = (await fetch(link)).headers.get("etag") ?? "";
    expect((await fetch(link, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await fetch(link, { headers: { "if-none-match": '"x"' } })).status).toBe(200);
    emulator.behave({ form: "crlf" });
    expect((await fetch(link, { headers: { "if-none-match": etag } })).status).toBe(200);
    expect(emulator.requests().filter(({ conditional }) => conditional)).toHaveLength(3);
  });

  it("knows three pages, GET alone, and nothing else", async () => {
    expect((await fetch(`${emulator.url}/en-us/download/details.aspx?id=1`)).status).toBe(404);
    expect((await fetch(`${emulator.url}/x`)).status).toBe(404);
    expect((await fetch(emulator.url, { method: "POST" })).status).toBe(405);
  });
});

describe("the stand-in for Azure Resource Manager", () => {
  const get = (query: string, token = "t") =>
    fetch(`${emulator.url}/subscriptions/s/providers/Microsoft.Network/locations/westeurope/serviceTags${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });

  it("lists in pages, with the number as text as it was given", async () => {
    emulator.list({ changeNumber: "63", values: [1, 2, 3] });
    emulator.behave({ pageSize: 2 });
    const first = (await (await get("?api-version=1")).json()) as { nextLink: string };
    expect(first).toMatchObject({ changeNumber: "63", values: [1, 2] });
    const rest = await fetch(first.nextLink, { headers: { authorization: "Bearer t" } });
    expect(await rest.json()).toEqual({ changeNumber: "63", values: [3] });
  });

  it("wants its token and an API version", async () => {
    emulator.list({ values: [] });
    expect((await get("?api-version=1", "other")).status).toBe(401);
    expect((await get("")).status).toBe(400);
    expect((await get("?api-version=1")).status).toBe(200);
  });
});

it("a port that is taken is a clean error", async () => {
  const port = Number(new URL(emulator.url).port);
  await expect(createServiceTagsEmulator({ port })).rejects.toThrow("MSEM_CONFIGURATION the emulator cannot listen");
});
