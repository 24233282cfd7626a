/** The real weekly files, when they are beside the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatPrefix } from "../../../provider/core/ip/index";
import { parseServiceTags, resolveServiceTag } from "../../../provider/core/servicetags/index";

const folder = join(__dirname, "../../../../shared/data/service-tags");

function resolve(name: string, tag = "Scuba") {
  return resolveServiceTag(parseServiceTags(readFileSync(join(folder, name), "utf8"), name), tag);
}

describe("the real weekly files", () => {
  if (!existsSync(folder)) {
    it("are not here", () => {
      console.warn("The real service-tag files were not tested: ../shared/data/service-tags is absent.");
      expect(existsSync(folder)).toBe(false);
    });
    return;
  }

  it("of 2025-10-28 give every one of 3,039 tags, all canonical, without a duplicate", () => {
    const name = "ServiceTags_Public_20251028.json";
    const text = readFileSync(join(folder, name), "utf8");
    const document = parseServiceTags(text, name);
    expect(document.tags).toHaveLength(3039);
    expect([document.cloud, document.fileChangeNumber]).toEqual(["Public", 375]);
    const published = JSON.parse(text) as { values: { name: string; properties: { addressPrefixes: string[] } }[] };
    let entries = 0;
    for (const { name: tag, properties } of published.values) {
      const { prefixes, notes } = resolveServiceTag(document, tag);
      entries += prefixes.length;
      if (notes.length > 0) throw new Error(`${tag}: ${notes.join("; ")}`);
      const ours = prefixes.map(formatPrefix).sort();
      if (ours.join() !== [...properties.addressPrefixes].sort().join()) throw new Error(`${tag} differs`);
    }
    expect(entries).toBe(93_362);
  });

  it("of 2025-10-28 have Scuba at change 24 with 145 prefixes", () => {
    const { changeNumber, prefixes } = resolve("ServiceTags_Public_20251028.json");
    expect([changeNumber, prefixes.length]).toEqual([24, 145]);
  });

  it("of the history give the change numbers in their names, and the known sizes", () => {
    const sizes = readdirSync(join(folder, "history"))
      .sort()
      .map((name) => {
        const { changeNumber, fileChangeNumber, prefixes } = resolve(join("history", name));
        const [, file, scuba] = /_(?:file(\d+)|tagonly)_scuba(\d+)\.json$/.exec(name) ?? [];
        expect([name, fileChangeNumber, changeNumber]).toEqual([
          name,
          file === undefined ? undefined : Number(file),
          Number(scuba),
        ]);
        return prefixes.length;
      });
    expect(sizes).toEqual([72, 74, 76, 77, 76, 77, 129, 133, 135, 137, 141, 143, 145, 153, 159, 247, 250, 251, 260]);
  });

  it("of the newest history hold 232 IPv4 and 28 IPv6 prefixes", () => {
    const { prefixes } = resolve("history/2026-05-27_tagonly_scuba31.json");
    expect(prefixes.filter(({ family }) => family === "ipv4")).toHaveLength(232);
    expect(prefixes.filter(({ family, length }) => family === "ipv6" && length === 124)).toHaveLength(28);
  });

  it("of other clouds are read too", () => {
    const gov = resolve("gov_20260504.json");
    expect([gov.cloud, gov.changeNumber, gov.prefixes.length]).toEqual(["AzureGovernment", 4, 10]);
    const china = resolve("china_latest.json");
    expect([china.cloud, china.changeNumber, china.prefixes.length]).toEqual(["China", 1, 2]);
  });

  it("with an empty tag are refused", () => {
    const name = "anomalies/20200824_empty_tag.json";
    expect(() => resolve(name, "ActionGroup.UKWest")).toThrow("ActionGroup.UKWest, but it is empty");
  });

  it("with the spike of 2022 are read as they are: judging steps is the guards' work", () => {
    const sizes = ["20220502", "20220509", "20220516"].map(
      (day) => resolve(`anomalies/${day}_AzureDataLake_spike.json`, "AzureDataLake").prefixes.length,
    );
    expect(sizes).toEqual([20, 2468, 19]);
  });
});
