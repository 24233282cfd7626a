import * as pulumi from "@pulumi/pulumi";
import { file, getScubaRanges } from "../../provider/resources/ranges";

describe("getScubaRanges in a program", () => {
  it("gives prefixes, families and change number", async () => {
    const ranges = await getScubaRanges({ source: file("examples/ranges/service-tags-sample.json") });
    expect(ranges).toMatchObject({ serviceTag: "Scuba", changeNumber: 4 });
    expect(ranges.prefixes).toHaveLength(6);
    expect([...ranges.ipv4, ...ranges.ipv6].sort()).toEqual([...ranges.prefixes].sort());
  });

  it("ends the program with a clean line, not a stack, when there is no such file or tag", async () => {
    const refusals = [
      { source: file("no/such/file.json") },
      { source: file("examples/ranges/service-tags-sample.json"), serviceTag: "Scubba" },
    ];
    for (const args of refusals) {
      const error = await getScubaRanges(args).catch((one: unknown) => one);
      expect(pulumi.RunError.isInstance(error)).toBe(true);
      expect((error as Error).message).toMatch(/^MSEM_INVALID [\s\S]*\n {2}More: msem explain MSEM_INVALID, docs/);
    }
  });
});
