import fc from "fast-check";
import { dateInName, findOfferedFiles } from "../../provider/ranges/downloadPage";

const page = "https://www.microsoft.com/en-us/download/details.aspx?id=56519";
const host = "https://download.microsoft.com/download/0/1";
const link = (date: string, cloud = "Public") => `${host}/ServiceTags_${cloud}_${date}.json`;
const embedded = (...urls: string[]) =>
  `<script>window.__DLCDetails__=${JSON.stringify({ dlcDetailsView: { downloadFile: urls.map((url) => ({ url })) } })}</script>`;
const found = (html: string) => findOfferedFiles(html, "Public", page).map(({ date }) => date);

describe("the download page", () => {
  it("offers what its data say, newest first, each once, of the wanted cloud only", () => {
    const html = embedded(
      link("20261109"),
      link("20261116"),
      link("20261116"),
      link("20261123", "China"),
      `${host}/other.pdf`,
    );
    expect(findOfferedFiles(html, "Public", page)).toEqual([
      { url: link("20261116"), date: "2026-11-16" },
      { url: link("20261109"), date: "2026-11-09" },
    ]);
  });

  it("is believed in its data before its text", () => {
    expect(found(`${embedded(link("20261109"))} <a href="${link("20261123")}">`)).toEqual(["2026-11-09"]);
  });

  it.each([
    ["an address in an attribute", `<a href="${link("20261116")}">`],
    ["an address with escaped slashes", `{"url":"${link("20261116").replaceAll("/", "\\/")}"}`],
    ["an address with slashes as codes", `{"url":"${link("20261116").replaceAll("/", "\\u002F")}"}`],
    ["data that are cut off", embedded(link("20261116")).slice(0, -14)],
    ["data that are no JSON", embedded(link("20261116")).replace("{", "{,")],
    ["data of another shape", `<script>window.__DLCDetails__={"files":["${link("20261116")}"]}</script>`],
  ])("is read in its text: %s", (_what, html) => {
    expect(found(html)).toEqual(["2026-11-16"]);
  });

  it("offers nothing where nothing stands", () => {
    for (const html of [
      "",
      "<p>gone</p>",
      embedded(),
      "window.__DLCDetails__",
      "window.__DLCDetails__=null",
      `${host}/ServiceTags_Public_Latest.json`,
    ]) {
      expect(found(html)).toEqual([]);
    }
  });

  it("may be any text: it is read in time, and what is offered is an address with a date", () => {
    const pieces = fc.constantFrom(
      "window.__DLCDetails__",
      "=",
      "{",
      "}",
      '"',
      "\\",
      "/",
      "https://",
      link("20261116"),
      "ServiceTags_Public_",
      "20261116.json",
      "x".repeat(500),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
        for (const { url, date } of findOfferedFiles(parts.join(""), "Public", page)) {
          expect(URL.canParse(url)).toBe(true);
          expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
        }
      }),
    );
    const started = performance.now();
    findOfferedFiles(`${"https://".repeat(100_000)}${"{".repeat(100_000)}`, "Public", page);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("a weekly file's name", () => {
  it("has its date", () => {
    expect(dateInName("/x/ServiceTags_AzureGovernment_20260504.json?sig=1")).toBe("2026-05-04");
    for (const name of ["ServiceTags_Public_Latest.json", "ServiceTags_Public_2026.json", "x.json"]) {
      expect(dateInName(name)).toBeUndefined();
    }
  });
});
