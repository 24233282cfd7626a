import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MsemError } from "../../../provider/core/errors";
import { formatPrefix } from "../../../provider/core/ip/index";
import { parseServiceTags, resolveServiceTag } from "../../../provider/core/servicetags/index";

const fixtures = join(__dirname, "../../fixtures/servicetags");
const weekly = readFileSync(join(fixtures, "weekly.json"), "utf8");
const tagOnly = readFileSync(join(fixtures, "tag-only.json"), "utf8");

function resolve(text: string, tag = "Scuba") {
  return resolveServiceTag(parseServiceTags(text, "tags.json"), tag);
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MsemError && error.code === "MSEM_INVALID") return error.message;
    throw error;
  }
  throw new Error("was accepted");
}

const scuba = [
  "192.0.2.0/24",
  "198.51.100.64/27",
  "198.51.100.128/25",
  "203.0.113.8/31",
  "203.0.113.200/32",
  "2001:db8:40::10/124",
];

describe("a weekly file", () => {
  it("gives a tag's prefixes sorted, with both change numbers and the cloud", () => {
    const { prefixes, ...origin } = resolve(weekly);
    expect(prefixes.map(formatPrefix)).toEqual(scuba);
    expect(origin).toEqual({
      serviceTag: "Scuba",
      cloud: "Public",
      counter: "file",
      changeNumber: 9,
      fileChangeNumber: 412,
      notes: [],
    });
  });

  it("finds a tag without regard to case, and gives its name as published", () => {
    expect(resolve(weekly, "sCUBAtraining.northeurope").serviceTag).toBe("ScubaTraining.NorthEurope");
  });

  it("may have a byte order mark and any line ending", () => {
    expect(resolve(`\ufeff${weekly.replaceAll("\n", "\r\n")}`)).toEqual(resolve(weekly));
  });

  it("may have fields that we do not know", () => {
    const json = JSON.parse(weekly) as { values: Record<string, unknown>[] };
    const grown = { ...json, published: "today", values: json.values.map((value) => ({ ...value, more: [1] })) };
    expect(resolve(JSON.stringify(grown))).toEqual(resolve(weekly));
  });

  it("reports what is odd but clear: an entry twice, an entry not written canonically", () => {
    const { prefixes, notes } = resolve(weekly, "Odd");
    expect(prefixes.map(formatPrefix)).toEqual(["192.0.2.0/25", "203.0.113.1/32", "2001:db8::/64"]);
    expect(notes).toEqual([
      "values[3].properties.addressPrefixes[0]: 2001:DB8:0:0::/64 is not canonical; read as 2001:db8::/64",
      "values[3].properties.addressPrefixes[2]: 192.0.2.0/25 is a duplicate of entry 1",
      "values[3].properties.addressPrefixes[3]: 203.0.113.1 is not canonical; read as 203.0.113.1/32",
    ]);
  });

  it("with entries that are no prefixes is refused with all of them and their paths", () => {
    expect(refusal(() => resolve(weekly, "Broken"))).toBe(
      [
        "MSEM_INVALID tags.json has 3 problems",
        '  values[4].properties.addressPrefixes[0]: "192.0.2.1/24" has host bits set; the prefix is 192.0.2.0/24 (character 1)',
        '  values[4].properties.addressPrefixes[2]: "192.0.2.0/33" has prefix length 33; the longest is 32 (character 11)',
        '  values[4].properties.addressPrefixes[3]: "010.0.0.0/8" has a leading zero in octet 1; some programs would read it as octal (character 1)',
      ].join("\n"),
    );
  });

  it("with a tag of another shape is refused with all problems and their paths", () => {
    expect(refusal(() => resolve(weekly, "Shapeless"))).toBe(
      [
        "MSEM_INVALID tags.json has 2 problems",
        "  values[5].properties.changeNumber: Invalid input: expected number, received string",
        "  values[5].properties.addressPrefixes[1]: Invalid input: expected string, received number",
      ].join("\n"),
    );
  });

  it("with an empty tag is refused: empty never means to remove all", () => {
    expect(refusal(() => resolve(weekly, "Emptied"))).toBe(
      [
        "MSEM_INVALID tags.json has the service tag Emptied, but it is empty",
        '  Microsoft has published empty tags by mistake. This is never taken as "remove all"; use another week\'s file.',
      ].join("\n"),
    );
  });

  it("without the tag is refused with close names", () => {
    expect(refusal(() => resolve(weekly, "Sucba"))).toBe(
      'MSEM_INVALID tags.json has no service tag "Sucba"\n  Close: Scuba.',
    );
    expect(refusal(() => resolve(weekly, "Scuba.NorthEurope"))).toContain("Close: ScubaTraining.NorthEurope");
    expect(refusal(() => resolve(weekly, "Training"))).toContain("Close: ScubaTraining.NorthEurope.");
    expect(refusal(() => resolve(weekly, "Zzzzzz"))).toContain("It has 6 tags, none with a name like it.");
  });

  it("with the tag twice is refused, because nobody can say which counts", () => {
    const json = JSON.parse(weekly) as { values: unknown[] };
    const twice = JSON.stringify({ ...json, values: [...json.values, json.values[0]] });
    const message = refusal(() => resolve(twice));
    expect(message).toContain("values[0]: the service tag Scuba stands here more than once");
    expect(message).toContain("values[6]: the service tag Scuba stands here more than once");
  });
});

describe("a single tag object", () => {
  it("gives its prefixes without file number and cloud", () => {
    const { prefixes, ...origin } = resolve(tagOnly, "scuba");
    expect(prefixes.map(formatPrefix)).toEqual(["192.0.2.0/24", "2001:db8:40::10/124"]);
    expect(origin).toEqual({ serviceTag: "Scuba", counter: "file", changeNumber: 10, notes: [] });
  });

  it("is not taken for another tag", () => {
    expect(refusal(() => resolve(tagOnly, "AzureCloud"))).toContain("It has one tag: Scuba.");
  });
});

/** The weekly file as the Azure API would answer it: numbers as text. */
function apiAnswer(more: object = {}): string {
  const json = JSON.parse(weekly) as { values: { name: string; properties: Record<string, unknown> }[] };
  const values = json.values
    .filter(({ name }) => name !== "Shapeless")
    .map((value) => ({
      ...value,
      serviceTagChangeNumber: "9",
      properties: { ...value.properties, changeNumber: String(value.properties.changeNumber), state: "GA" },
    }));
  return JSON.stringify({
    name: "Public",
    type: "Microsoft.Network/serviceTags",
    ...json,
    changeNumber: "63",
    values,
    ...more,
  });
}

describe("an answer of the Azure API", () => {
  it("gives the same prefixes under another counter, with its numbers as numbers", () => {
    const { prefixes, ...origin } = resolve(apiAnswer());
    expect(prefixes.map(formatPrefix)).toEqual(scuba);
    expect(origin).toEqual({
      serviceTag: "Scuba",
      cloud: "Public",
      counter: "api",
      changeNumber: 9,
      fileChangeNumber: 63,
      notes: [],
    });
  });

  it("may be one tag alone", () => {
    const [tag] = (JSON.parse(apiAnswer()) as { values: unknown[] }).values;
    expect(resolve(JSON.stringify(tag))).toMatchObject({ counter: "api", changeNumber: 9 });
  });

  it("whose numbers are no numbers is refused, as is one that mixes both ways to write them", () => {
    expect(refusal(() => resolve(apiAnswer({ changeNumber: "63a" })))).toContain(
      "changeNumber: must be a whole number, written as text",
    );
    const mixed = JSON.stringify({ ...(JSON.parse(weekly) as object), changeNumber: "63" });
    expect(refusal(() => resolve(mixed))).toContain("properties.changeNumber: Invalid input: expected string");
  });

  it("that is one page of several says so when the tag is missing", () => {
    const page = apiAnswer({ nextLink: "https://management.azure.com/next" });
    expect(resolve(page).changeNumber).toBe(9);
    expect(refusal(() => resolve(page, "Zzzzzz"))).toContain("It is one page of several (nextLink)");
  });
});

describe("what is not a service-tag file", () => {
  const page = readFileSync(join(fixtures, "page.html"), "utf8");
  it.each([
    ["an empty file", " \r\n", "tags.json is empty"],
    ["the download page", page, "tags.json is a web page (HTML), not JSON: the page was saved, not the file"],
    ["a file cut off in a string", weekly.slice(0, 300), "tags.json is cut off: the JSON ends too early"],
    ["a file cut off after a comma", '{"changeNumber": 1,', "tags.json is"],
    ["a plain list", "192.0.2.0/24\n", "tags.json is not JSON"],
    ["JSON of another kind", '{"prefixes": []}', "tags.json is JSON, but not service tags"],
    ["a JSON array", "[]", "tags.json is JSON, but not service tags"],
    ["null", "null", "tags.json is JSON, but not service tags"],
  ])("%s is refused by what it is", (_what, text, message) => {
    expect(refusal(() => parseServiceTags(text, "tags.json"))).toContain(`MSEM_INVALID ${message}`);
  });

  it("is refused with all problems of the file's frame at once", () => {
    const message = refusal(() =>
      parseServiceTags('{"changeNumber": -1, "values": [{"name": "A"}, {"name": ""}, 3]}', "f"),
    );
    expect(message.split("\n").map((line) => line.trim().split(": ")[0])).toEqual([
      "MSEM_INVALID f has 4 problems",
      "changeNumber",
      "cloud",
      "values[1].name",
      "values[2]",
    ]);
  });

  it("counts problems past fifty instead of listing thousands", () => {
    const values = Array.from({ length: 200 }, () => ({}));
    const message = refusal(() => parseServiceTags(JSON.stringify({ changeNumber: 1, cloud: "Public", values }), "f"));
    expect(message).toContain("f has 200 problems");
    expect(message.split("\n")).toHaveLength(52);
    expect(message).toContain("… and 150 more");
  });

  it("is never quoted: it may be a file with a secret in it", () => {
    const canary = "canary-7f3a";
    expect(refusal(() => parseServiceTags(`{"password": ${canary}}`, "f"))).not.toContain(canary);
    expect(refusal(() => parseServiceTags(`password=${canary}`, "f"))).not.toContain(canary.slice(0, 6));
  });
});
