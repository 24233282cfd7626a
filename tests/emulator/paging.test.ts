import fc from "fast-check";
import { page, parseFilter } from "../../provider/emulator/query";
import { call, closeAll, create, errorOf, qualysConnection, start } from "./harness";

afterEach(closeAll);

interface List {
  readonly value: readonly { name: string; id: string }[];
  readonly nextLink?: string;
}

const seedOf = (count: number) => ({
  connections: Array.from({ length: count }, (_, index) => qualysConnection(`c${index}`)),
});

describe("paging", () => {
  it.each([
    { count: 0, sizes: [0] },
    { count: 99, sizes: [99] },
    { count: 100, sizes: [100] },
    { count: 101, sizes: [100, 1] },
  ])("$count connections come in pages of $sizes", async ({ count, sizes }) => {
    const emulator = await start({ seed: seedOf(count) });
    const found: number[] = [];
    const names = new Set<string>();
    let link: string | undefined = "/connections?$top=100";
    // Bounded, so that a list that repeats itself fails the test instead of holding it up.
    while (link !== undefined && found.length < 5) {
      const list: List = (await call(emulator, "GET", link)).json as unknown as List;
      found.push(list.value.length);
      for (const one of list.value) names.add(one.name);
      link = list.nextLink;
    }
    expect(found).toEqual(sizes);
    expect(names.size).toBe(count);
  });

  it("nextLink is good as it is, and keeps the filter", async () => {
    const emulator = await start({ seed: seedOf(3) });
    const first = (
      await call(emulator, "GET", "/connections", { query: { $top: "1", $filter: "connectorType eq 'qualys'" } })
    ).json as unknown as List;
    const second = await call(emulator, "GET", first.nextLink ?? "", { query: null });
    expect([second.status, (second.json as unknown as List).value.map((one) => one.name)]).toEqual([200, ["c1"]]);
    expect(new URL(first.nextLink ?? "").searchParams.get("$filter")).toBe("connectorType eq 'qualys'");
  });

  it("neither repeats nor skips when connections come and go between pages", async () => {
    const emulator = await start({ seed: seedOf(4) });
    const first = (await call(emulator, "GET", "/connections", { query: { $top: "2" } })).json as unknown as List;
    emulator.remove("c0");
    await create(emulator, "late");
    const second = (await call(emulator, "GET", first.nextLink ?? "")).json as unknown as List;
    expect(second.value.map((one) => one.name)).toEqual(["c2", "c3"]);
    const third = (await call(emulator, "GET", second.nextLink ?? "")).json as unknown as List;
    expect([third.value.map((one) => one.name), third.nextLink]).toEqual([["late"], undefined]);
  });

  it.each(["0", "101", "-1", "1.5", "many", ""])("refuses $top=%s", async ($top) => {
    const answer = await call(await start(), "GET", "/connections", { query: { $top } });
    expect([answer.status, errorOf(answer).code, errorOf(answer).target]).toEqual([
      400,
      "InvalidQueryParameter",
      "$top",
    ]);
  });

  it("refuses a continuation that it did not make, and a parameter that it does not know", async () => {
    const emulator = await start({ seed: seedOf(2) });
    const queries: Record<string, string>[] = [{ $skiptoken: "eyJ9" }, { $skiptoken: "" }, { filter: "name eq 'a'" }];
    for (const query of queries) {
      expect((await call(emulator, "GET", "/connections", { query })).status).toBe(400);
    }
  });

  it("the catalog is paged as well", async () => {
    const list = (await call(await start(), "GET", "/connectorTypes", { query: { $top: "1" } }))
      .json as unknown as List;
    expect(list.value).toHaveLength(1);
  });

  it("any page size visits every item once, in order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(10_000), { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (keys, size) => {
        const items = keys.sort((a, b) => a - b);
        const visited: number[] = [];
        let query: URLSearchParams | undefined = new URLSearchParams({ $top: String(size) });
        while (query !== undefined && visited.length <= items.length) {
          const result: ReturnType<typeof page<number>> = page(items, (item) => item, query);
          visited.push(...result.items);
          query = result.next;
        }
        expect(visited).toEqual(items);
      }),
    );
  });
});

describe("$filter", () => {
  it("finds by name without regard to case, by type, and by both", async () => {
    const emulator = await start({ seed: { connections: [qualysConnection("it's"), qualysConnection("and this")] } });
    const names = async ($filter: string) =>
      ((await call(emulator, "GET", "/connections", { query: { $filter } })).json as unknown as List).value.map(
        (one) => one.name,
      );
    expect(await names("name eq 'IT''S'")).toEqual(["it's"]);
    expect(await names("connectorType eq 'qualys'")).toEqual(["it's", "and this"]);
    expect(await names("name eq 'and this' and connectorType eq 'qualys'")).toEqual(["and this"]);
    expect(await names("connectorType eq 'wiz'")).toEqual([]);
  });

  it.each([
    "name",
    "name eq x",
    "name ne 'a'",
    "id eq 'a'",
    "name eq 'a' or name eq 'b'",
    "name eq 'a''",
    "name eq 'a' and name eq 'b'",
    "",
  ])("refuses %p", async ($filter) => {
    const answer = await call(await start(), "GET", "/connections", { query: { $filter } });
    expect([answer.status, errorOf(answer).target]).toEqual([400, "$filter"]);
  });

  it("reads back any name and type that were quoted by the rule", () => {
    const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
    const awkward = fc.oneof(
      fc.string(),
      fc.constantFrom("'", "''", " and ", "' and name eq '", "a' and connectorType eq 'b"),
    );
    fc.assert(
      fc.property(awkward, awkward, (name, connectorType) => {
        expect(parseFilter(`name eq ${quote(name)} and connectorType eq ${quote(connectorType)}`)).toEqual({
          name,
          connectorType,
        });
      }),
    );
  });
});
