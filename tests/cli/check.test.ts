import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "../../provider/cli/check/index";
import type { CheckArguments } from "../../provider/cli/check/report";
import { runRanges } from "../../provider/cli/ranges";
import { capture, fixtures, scratch } from "./capture";

const weekly = join(fixtures, "weekly.json");
const real = join(__dirname, "../../../shared/data/service-tags");
const files = scratch();
afterAll(() => files.remove());

async function check(
  content: string,
  options: Partial<CheckArguments> = {},
  surroundings: { terminal?: boolean; env?: Record<string, string> } = {},
) {
  const list = files.write("allowlist.txt", content);
  const defaults = {
    files: [list],
    ranges: weekly,
    tag: "Scuba",
    previous: [],
    format: "text",
    verbose: false,
  } as const;
  const args = { ...defaults, ...options };
  const { code, stdout, stderr } = await capture((io) => runCheck(args, io), surroundings);
  return { code, stdout: files.plain(stdout), stderr: files.plain(stderr) };
}

const inSync = `# Scuba
192.0.2.0/24
198.51.100.64/27
198.51.100.128/25
203.0.113.8/31
203.0.113.200
2001:db8:40::10/124
`;

const drifted = `192.0.2.0/24
192.0.2.0/24      ; twice
198.51.100.128/26
198.51.100.192/26
203.0.113.8/32
2001:db8:40::/64
10.0.0.0/8
`;

describe("msem check, for a person", () => {
  it("says in the first line that a list is in sync", async () => {
    expect(await check(inSync)).toEqual({
      code: 0,
      stderr: "",
      stdout: `IN SYNC  allowlist.txt  against Scuba change 9, 6 prefixes

  6 present
`,
    });
  });

  it("says what to do about drift, and then where what stands", async () => {
    expect(await check(drifted)).toEqual({
      code: 2,
      stderr: "",
      stdout: `DRIFT  allowlist.txt  against Scuba change 9, 6 prefixes

  To do:    add the 2 missing and 1 partial prefixes to allowlist.txt
  Fix:      msem render allowlist.txt --ranges weekly.json
  Undo:     msem render allowlist.txt --ranges weekly.json --rollback

  2 missing
    198.51.100.64/27
    203.0.113.200/32
  1 partial
    203.0.113.8/31  by allowlist.txt:5 203.0.113.8/32
  1 present
  2 covered
    198.51.100.128/25  by allowlist.txt:3 198.51.100.128/26, allowlist.txt:4 198.51.100.192/26
    2001:db8:40::10/124  by allowlist.txt:6 2001:db8:40::/64
  1 foreign
    allowlist.txt:7 10.0.0.0/8
  1 duplicate
    allowlist.txt:2 192.0.2.0/24  (already in line 1)
`,
    });
  });

  it("is in sync with foreign and duplicate entries, and names them", async () => {
    const { code, stdout } = await check(`${inSync}10.0.0.0/8\n10.0.0.0/8\n`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^IN SYNC /);
    expect(stdout).toContain("1 foreign\n    allowlist.txt:8 10.0.0.0/8\n");
    expect(stdout).toContain("1 duplicate\n    allowlist.txt:9 10.0.0.0/8  (already in line 8)\n");
  });

  it("names an entry that lets half the Internet in, though it covers all", async () => {
    const { code, stdout } = await check(`${inSync}0.0.0.0/0\n`);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "1 overbroad\n    allowlist.txt:8 0.0.0.0/0  admits 4,294,967,296 addresses; Scuba needs 5 prefixes of them\n",
    );
  });

  it("says nothing of a wide entry that is exactly what is published", async () => {
    const properties = { changeNumber: 1, addressPrefixes: ["10.0.0.0/8"] };
    const ranges = files.write("wide.json", JSON.stringify({ name: "Wide", properties }));
    const { code, stdout } = await check("10.0.0.0/8\n", { ranges, tag: "wide" });
    expect([code, stdout]).toEqual([0, "IN SYNC  allowlist.txt  against Wide change 1, 1 prefix\n\n  1 present\n"]);
  });

  it("warns of a list without entries", async () => {
    const { code, stdout } = await check("# later\n");
    expect(code).toBe(2);
    expect(stdout).toContain("warning: allowlist.txt has no entries\n");
  });

  it("cuts long lists with a count, and --verbose lists all", async () => {
    const foreign = Array.from({ length: 30 }, (_, index) => `10.0.${index}.0/24`);
    const cut = (await check(inSync + foreign.join("\n"))).stdout;
    expect(cut).toContain("10.0.9.0/24\n     … and 20 more (--verbose lists all)\n");
    expect(cut).not.toContain("10.0.10.0/24");
    const whole = (await check(inSync + foreign.join("\n"), { verbose: true })).stdout;
    for (const entry of foreign) expect(whole).toContain(entry);
    expect(whole).not.toContain("more");
  });

  it("names the tag in the command when it is not Scuba", async () => {
    const { stdout } = await check("", { tag: "scubatraining.northeurope" });
    expect(stdout).toContain("DRIFT  allowlist.txt  against ScubaTraining.NorthEurope change 2, 1 prefix\n");
    expect(stdout).toContain("add the 1 missing prefix to allowlist.txt");
    expect(stdout).toContain("msem render allowlist.txt --ranges weekly.json --tag ScubaTraining.NorthEurope\n");
  });

  it("uses colour only on a terminal, and not against NO_COLOR", async () => {
    const colour = "\u001b[";
    expect((await check(inSync, {}, { terminal: true })).stdout).toContain(`${colour}32mIN SYNC${colour}0m`);
    expect((await check(drifted, {}, { terminal: true })).stdout).toContain(`${colour}31mDRIFT${colour}0m`);
    expect((await check(inSync, {}, { terminal: true, env: { NO_COLOR: "1" } })).stdout).not.toContain(colour);
    expect((await check(inSync, {}, { terminal: true, env: { TERM: "dumb" } })).stdout).not.toContain(colour);
    expect((await check(inSync)).stdout).not.toContain(colour);
  });
});

describe("msem check, for a machine", () => {
  it("gives verdicts with entries and lines, in canonical order", async () => {
    const { code, stdout } = await check(drifted, { format: "json" });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      file: "allowlist.txt",
      vendor: "text",
      list: null,
      rule: null,
      tag: "Scuba",
      changeNumber: 9,
      inSync: false,
      summary: {
        desired: 6,
        present: 1,
        covered: 2,
        partial: 1,
        missing: 2,
        shadowed: 0,
        undecided: 0,
        unsupported: 0,
        stale: 0,
        foreign: 1,
        overbroad: 0,
        duplicate: 1,
      },
      prefixes: [
        { prefix: "192.0.2.0/24", verdict: "present", by: [{ entry: "192.0.2.0/24", line: 1, path: null }] },
        { prefix: "198.51.100.64/27", verdict: "missing", by: [] },
        {
          prefix: "198.51.100.128/25",
          verdict: "covered",
          by: [
            { entry: "198.51.100.128/26", line: 3, path: null },
            { entry: "198.51.100.192/26", line: 4, path: null },
          ],
        },
        { prefix: "203.0.113.8/31", verdict: "partial", by: [{ entry: "203.0.113.8/32", line: 5, path: null }] },
        { prefix: "203.0.113.200/32", verdict: "missing", by: [] },
        { prefix: "2001:db8:40::10/124", verdict: "covered", by: [{ entry: "2001:db8:40::/64", line: 6, path: null }] },
      ],
      extra: [
        { entry: "192.0.2.0/24", verdict: "duplicate", line: 2, path: null },
        { entry: "10.0.0.0/8", verdict: "foreign", line: 7, path: null },
      ],
      rules: [],
      capacity: {
        families: ["ipv4", "ipv6"],
        longest: { ipv4: 32, ipv6: 128 },
        entries: 7,
        additional: 3,
        limit: null,
        fits: true,
      },
      warnings: [],
    });
  });

  it("is never cut and never coloured", async () => {
    const list = Array.from({ length: 60 }, (_, index) => `10.0.${index}.0/24`).join(" ");
    const { stdout } = await check(list, { format: "json" }, { terminal: true });
    expect((JSON.parse(stdout) as { extra: unknown[] }).extra).toHaveLength(60);
  });
});

describe("msem check, when it cannot judge", () => {
  it("is undecided where an entry that is no address could matter, and names each with its line", async () => {
    const { code, stdout, stderr } = await check(
      "192.0.2.1/24, 192.0.2.0/24\r\n\r\ngateway 198.51.100.64-198.51.100.95\r\n",
    );
    expect([code, stderr]).toEqual([2, ""]);
    expect(stdout).toContain("  4 undecided\n");
    expect(stdout).toContain("203.0.113.200/32  by allowlist.txt:3 gateway (not understood)\n");
    expect(stdout).toContain("  2 present\n");
    expect(stdout).toContain('warning: allowlist.txt:1: "192.0.2.1/24" has host bits set; the prefix is 192.0.2.0/24');
    expect(stdout).toContain('warning: allowlist.txt:3: "gateway" is no address: it starts with "g" (character 1)\n');
  });

  it("gives no verdict on a file of an unknown kind, and says what there is", async () => {
    const words = Array.from({ length: 300 }, (_, index) => `word${index}`).join("\n");
    const { code, stdout, stderr } = await check(words);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: MSEM_INVALID allowlist\.txt: cannot tell what kind of configuration this is\n/);
    expect(stderr).toMatch(/Say so with --vendor: .*cisco-asa.*text/);
  });

  it("cuts its warnings, and --verbose lists more", async () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join("\n");
    const cut = await check(words, { vendor: "text" });
    expect(cut.stdout.split("\n").filter((line) => line.includes("warning:"))).toHaveLength(21);
    expect(cut.stdout).toContain("… and 40 more lines of this kind (--verbose lists more)\n");
    expect((await check(words, { vendor: "text", verbose: true })).stdout).toContain('allowlist.txt:60: "word59"');
  });

  it("fails on a missing list and on missing ranges", async () => {
    const noList = await check("", { files: [join(files.folder, "absent.txt")] });
    expect([noList.code, noList.stdout, noList.stderr]).toEqual([
      1,
      "",
      "error: MSEM_INVALID absent.txt: there is no such file\n  More: msem explain MSEM_INVALID, docs/troubleshooting.md#msem_invalid\n",
    ]);
    const noTag = await check(inSync, { tag: "Skuba" });
    expect([noTag.code, noTag.stdout]).toEqual([1, ""]);
    expect(noTag.stderr).toContain('weekly.json has no service tag "Skuba"\n  Close: Scuba.');
    expect((await check(inSync, { tag: "Emptied" })).code).toBe(1);
  });
});

describe("msem check on the real files", () => {
  if (!existsSync(real)) {
    it("is not tested here", () => {
      console.warn("msem check was not tested on real files: ../shared/data/service-tags is absent.");
      expect(existsSync(real)).toBe(false);
    });
    return;
  }

  it("finds the 115 prefixes that a list of October 2025 lacks in May 2026, and none after pasting", async () => {
    const october = join(real, "ServiceTags_Public_20251028.json");
    const may = join(real, "history/2026-05-27_tagonly_scuba31.json");
    const listOf = async (file: string): Promise<string> =>
      (await capture((io) => runRanges({ file, tag: "Scuba", format: "text" }, io))).stdout;
    const old = await check(await listOf(october), { ranges: may, format: "json" });
    expect(old.code).toBe(2);
    expect(JSON.parse(old.stdout)).toMatchObject({
      changeNumber: 31,
      summary: { desired: 260, present: 145, missing: 115, foreign: 0, duplicate: 0 },
    });
    const now = await check(await listOf(may), { ranges: may });
    expect([now.code, now.stdout]).toEqual([
      0,
      "IN SYNC  allowlist.txt  against Scuba change 31, 260 prefixes\n\n  260 present\n",
    ]);
  });
});
