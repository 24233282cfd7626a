import { type RangesDiffFormat, runRangesDiff } from "../../provider/cli/rangesDiff";
import { apiAnswer, run, type TagSpec, weeklyFile } from "../ranges/weekly";
import { capture, scratch } from "./capture";

const { folder, write, plain, remove } = scratch();
afterAll(remove);

let files = 0;
const written = (document: object) => write(`${++files}.json`, JSON.stringify(document));
const weekly = (changeNumber: number, prefixes: readonly string[], file = 400 + changeNumber) =>
  written(weeklyFile(file, { Scuba: { changeNumber, prefixes } }));

function diff(old: string, next: string, format: RangesDiffFormat = "text", more: object = {}) {
  return capture((io) => runRangesDiff({ old, new: next, tag: "scuba", format, verbose: false, ...more }, io), {
    env: { MSEM_CACHE_DIR: folder },
  });
}

const reasonsOf = (stdout: string) =>
  (JSON.parse(stdout) as { reasons: { code: string }[] }).reasons.map(({ code }) => code);

describe("msem ranges diff", () => {
  it("ends with 0 when both are equal, in whatever order", async () => {
    const { code, stdout, stderr } = await diff(weekly(30, run(5)), weekly(30, run(5).reverse()));
    expect([code, stdout, stderr]).toEqual([0, "EQUAL  Scuba 30 -> 30: 0 added, 0 removed, 5 kept\n", ""]);
  });

  it("ends with 2 for changes that the guards let through, removed first", async () => {
    const { code, stdout } = await diff(weekly(30, run(5)), weekly(31, run(5, 1)));
    expect(code).toBe(2);
    expect(stdout).toBe(
      "ACCEPT  Scuba 30 -> 31: 1 added, 1 removed, 4 kept\n\n  - 20.200.0.0/29\n  + 20.200.0.40/29\n",
    );
  });

  it("ends with 3 for a step that a guard refuses, with figures and the way past it", async () => {
    const { code, stdout } = await diff(weekly(17, run(77)), weekly(16, run(76), 346));
    expect(code).toBe(3);
    expect(stdout).toBe(`REFUSED  Scuba 17 -> 16: 0 added, 1 removed, 76 kept

  rollback: Scuba's change number is 16, the one accepted before is 17 (weekly file 346).
  if you are sure: guards.acceptRollbackTo: 16

  - 20.200.2.96/29
`);
  });

  it("prints JSON with exactly the promised fields", async () => {
    const [old, next] = [weekly(17, run(3)), weekly(16, run(3, 1), 346)];
    const { code, stdout } = await diff(old, next, "json");
    expect(code).toBe(3);
    const common = { tag: "Scuba", cloud: "Public", counter: "file", fileDate: null, prefixes: 3 };
    expect(JSON.parse(stdout)).toEqual({
      from: { ...common, changeNumber: 17, fileChangeNumber: 417, source: old },
      to: { ...common, changeNumber: 16, fileChangeNumber: 346, source: next },
      added: ["20.200.0.24/29"],
      removed: ["20.200.0.0/29"],
      verdict: "refuse",
      reasons: [
        {
          code: "rollback",
          message: "Scuba's change number is 16, the one accepted before is 17 (weekly file 346).",
          measured: 16,
          limit: 17,
          override: "guards.acceptRollbackTo: 16",
        },
      ],
    });
  });

  it("prints Markdown with whole lists, folded", async () => {
    const { stdout } = await diff(weekly(30, run(1)), weekly(31, run(50)), "markdown");
    expect(stdout).toContain("### Scuba 30 -> 31: 49 added, 0 removed, 1 kept\n\nVerdict: **accept**\n");
    expect(stdout.match(/^20\./gm)).toHaveLength(49);
    expect(stdout).toContain("<summary>Added: 49</summary>");
    const refused = await diff(weekly(31, run(1)), weekly(31, run(2)), "markdown");
    expect(refused.stdout).toMatch(/- \*\*republished\*\*: .* If you are sure: `guards\.acceptRepublished: 31`/);
  });

  it("cuts long lists with a count, and shows all when asked", async () => {
    const [old, next] = [weekly(30, run(1)), weekly(31, run(22))];
    expect((await diff(old, next)).stdout).toMatch(/\n {2}\+ … and 1 more \(--verbose lists all\)\n$/);
    expect((await diff(old, next, "text", { verbose: true })).stdout.match(/\n {2}\+ 20/g)).toHaveLength(21);
  });

  it("refuses an emptied and a vanished tag, and cannot judge one that OLD lacks", async () => {
    const full = weekly(30, run(3));
    const without = written(weeklyFile(1, { Other: { changeNumber: 1, prefixes: [] } }));
    const emptied = await diff(full, weekly(31, []), "json");
    expect([emptied.code, reasonsOf(emptied.stdout)]).toEqual([3, ["empty"]]);
    const vanished = await diff(full, without, "json");
    expect([vanished.code, reasonsOf(vanished.stdout)]).toEqual([3, ["missing"]]);
    expect(JSON.parse(vanished.stdout)).toMatchObject({ to: { changeNumber: null } });
    expect((await diff(full, without)).stdout).toContain("Scuba 30 -> missing");
    const { code, stderr } = await diff(without, full);
    expect([code, plain(stderr)]).toEqual([
      1,
      `error: MSEM_INVALID ${plain(without)} has no service tag "scuba"\n  It has one tag: Other.\n  More: msem explain MSEM_INVALID, docs/troubleshooting.md#msem_invalid\n`,
    ]);
    // The week after an empty one.
    expect((await diff(weekly(30, []), weekly(31, run(3)))).code).toBe(2);
  });

  it("does not compare the numbers of the file with those of the Azure API, and says so", async () => {
    const scuba: TagSpec = { changeNumber: 2, prefixes: run(5) };
    const { code, stderr } = await diff(weekly(30, run(5)), written(apiAnswer(63, { Scuba: scuba })));
    expect(code).toBe(0);
    expect(stderr).toContain("different counters: file/public/scuba and api/public/scuba");
  });

  it("fails with 1 when a side cannot be read", async () => {
    for (const [old, next] of [
      ["absent.json", weekly(1, run(1))],
      [weekly(1, run(1)), write("broken.json", "{")],
    ] as const) {
      const { code, stdout, stderr } = await diff(old, next, "json");
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^error: MSEM_INVALID /);
    }
  });
});
