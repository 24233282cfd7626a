/** `msem check` and `msem render` on firewall configurations. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runCheck } from "../../provider/cli/check/index";
import type { CheckArguments } from "../../provider/cli/check/report";
import { checkDocumentSchema, renderCheckSchema } from "../../provider/cli/check/schema";
import { type RenderArguments, runRender } from "../../provider/cli/render";
import { capture, scratch } from "./capture";

const files = scratch();
afterAll(() => files.remove());

const tag = (name: string, changeNumber: number, addressPrefixes: readonly string[]): string =>
  files.write(name, JSON.stringify({ name: "Scuba", properties: { changeNumber, addressPrefixes } }));

const now = tag("scuba.json", 31, [
  "192.0.2.0/28",
  "192.0.2.16/29",
  "192.0.2.128/25",
  "198.51.100.0/30",
  "198.51.100.8/31",
  "2001:db8:40::10/124",
]);
const before = tag("scuba-old.json", 30, ["192.0.2.0/28", "192.0.2.32/28"]);

const config = `ASA Version 9.16(4)
object network PARTNER
 fqdn partner.example.com
object-group network SCUBA-SOURCES
 network-object 192.0.2.0 255.255.255.240
 network-object 192.0.2.16 255.255.255.248
 network-object 192.0.2.32 255.255.255.240
 network-object 10.9.8.0 255.255.255.0
 network-object 198.51.0.0 255.255.0.0
object-group network WITH-NAME
 network-object object PARTNER
object-group network BLOCKED
 network-object 192.0.2.16 255.255.255.248
access-list outside_in extended deny tcp object-group BLOCKED any eq https
access-list outside_in extended permit tcp object-group SCUBA-SOURCES any eq https
access-group outside_in in interface outside
`;
const edge = files.write("edge.cfg", config);

async function check(options: Partial<CheckArguments> = {}) {
  const defaults = { files: [edge], ranges: now, tag: "Scuba", previous: [], format: "text", verbose: false } as const;
  const { code, stdout, stderr } = await capture((io) => runCheck({ ...defaults, ...options }, io));
  return { code, stdout: files.plain(stdout), stderr: files.plain(stderr) };
}

async function render(options: Partial<RenderArguments> = {}) {
  const defaults = { file: edge, list: ["SCUBA-SOURCES"], ranges: now, tag: "Scuba", previous: [before] };
  const { code, stdout, stderr } = await capture((io) =>
    runRender({ ...defaults, rollback: false, full: false, ...options }, io),
  );
  return { code, stdout: files.plain(stdout), stderr: files.plain(stderr) };
}

describe("msem check on a firewall, for a person", () => {
  it("says the verdict, what to paste, and where what stands", async () => {
    expect(await check({ rule: "outside_in" })).toEqual({
      code: 2,
      stderr: "",
      stdout: `DRIFT  edge.cfg  access-list outside_in  (cisco-asa)  against Scuba change 31, 6 prefixes

  To do:    add the 2 missing prefixes to SCUBA-SOURCES
  Fix:      msem render edge.cfg --list SCUBA-SOURCES --ranges scuba.json
  Undo:     msem render edge.cfg --list SCUBA-SOURCES --ranges scuba.json --rollback
  To do:    narrow the deny rules named below, or move them behind the permit

  2 missing
    192.0.2.128/25
    2001:db8:40::10/124
  1 shadowed
    192.0.2.16/29  by edge.cfg:14 access-list outside_in extended deny tcp object-group BLOCKED any eq https
  1 present
  2 covered
    198.51.100.0/30  by edge.cfg:9 network-object 198.51.0.0 255.255.0.0
    198.51.100.8/31  by edge.cfg:9 network-object 198.51.0.0 255.255.0.0
  1 overbroad
    edge.cfg:9 network-object 198.51.0.0 255.255.0.0  admits 65,536 addresses; Scuba needs 2 prefixes of them

  Judged by this rule:
    edge.cfg:15 access-list outside_in extended permit tcp object-group SCUBA-SOURCES any eq https
`,
    });
  });

  it("judges a list by its members alone, and knows what is left over and what is somebody else's", async () => {
    const { code, stdout } = await check({ list: ["SCUBA-SOURCES"], previous: [before] });
    expect(code).toBe(2);
    expect(stdout).toContain("  2 present\n");
    expect(stdout).toContain("1 stale\n    edge.cfg:7 network-object 192.0.2.32 255.255.255.240\n");
    expect(stdout).toContain("1 foreign\n    edge.cfg:8 network-object 10.9.8.0 255.255.255.0\n");
    expect(stdout).not.toContain("shadowed");
  });

  it("says why it is undecided", async () => {
    const { stdout } = await check({ list: ["WITH-NAME"] });
    expect(stdout).toContain(
      "6 undecided\n    192.0.2.0/28  by edge.cfg:3 fqdn partner.example.com (a name, not addresses)\n",
    );
  });

  it("judges several files; an error of one is not silent", async () => {
    const list = files.write(
      "list.txt",
      "192.0.2.0/28\n192.0.2.16/29\n192.0.2.128/25\n198.51.100.0/24\n2001:db8:40::10/124\n",
    );
    const fine = await check({ files: [list, list] });
    expect([fine.code, fine.stdout.match(/^IN SYNC {2}list\.txt/gm)?.length]).toEqual([0, 2]);
    expect((await check({ files: [list, edge] })).code).toBe(2);
    const broken = await check({ files: [join(files.folder, "absent.cfg"), list] });
    expect([broken.code, broken.stderr]).toEqual([
      1,
      "error: MSEM_INVALID absent.cfg: there is no such file\n  More: msem explain MSEM_INVALID, docs/troubleshooting.md#msem_invalid\n",
    ]);
    expect(broken.stdout).toMatch(/^IN SYNC {2}list\.txt/);
  });

  it("offers close names, and refuses a list and a rule at once", async () => {
    const close = await check({ list: ["SCUBA-SOURCE"] });
    expect([close.code, close.stderr]).toEqual([
      1,
      'error: MSEM_INVALID edge.cfg has no list "SCUBA-SOURCE"\n  Close: SCUBA-SOURCES.\n  More: msem explain MSEM_INVALID, docs/troubleshooting.md#msem_invalid\n',
    ]);
    expect((await check({ list: ["BLOCKED"], rule: "outside_in" })).stderr).toContain(
      "--list and --rule exclude each other",
    );
    expect((await check({ vendor: "cisco-asav" })).stderr).toContain("Close: cisco-asa.");
    expect((await check({ vendor: "cisco-asa", files: [files.write("no.txt", "192.0.2.0/24\n")] })).stderr).toContain(
      "It looks like text: --vendor text.",
    );
  });
});

describe("msem check on a firewall, for a machine", () => {
  it("gives a document that its schema accepts; the shipped schema is that one", async () => {
    const one = JSON.parse((await check({ rule: "outside_in", format: "json" })).stdout) as unknown;
    expect(checkDocumentSchema.parse(one)).toMatchObject({
      vendor: "cisco-asa",
      list: null,
      rule: "outside_in",
      inSync: false,
      rules: [{ line: 15 }],
      summary: { desired: 6, missing: 2, shadowed: 1, present: 1, covered: 2, overbroad: 1 },
    });
    const many = JSON.parse((await check({ files: [edge, edge], format: "json" })).stdout) as unknown;
    expect(z.array(checkDocumentSchema).parse(many)).toHaveLength(2);
    const shipped = readFileSync(join(__dirname, "../../provider/cli/check.schema.json"), "utf8");
    expect(JSON.parse(shipped)).toEqual(renderCheckSchema());
  });

  it("gives SARIF with a result at a line for all that is not as it should be", async () => {
    const { code, stdout } = await check({ list: ["SCUBA-SOURCES"], previous: [before], format: "sarif" });
    expect(code).toBe(2);
    const log = sarifLog.parse(JSON.parse(stdout));
    const [run] = log.runs;
    expect(
      run.results.map(({ ruleId, locations: [at] }) => `${ruleId} ${at.physicalLocation.region.startLine}`),
    ).toEqual(["missing 4", "missing 4", "stale 7", "foreign 8", "overbroad 9"]);
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  it("gives JUnit with a case for each prefix, whatever stands in the configuration", async () => {
    const file = files.write("a&b.cfg", config.replaceAll("SCUBA-SOURCES", 'S<"&\u0007>'));
    const { stdout } = await check({ files: [file], rule: "outside_in", format: "junit" });
    expect(stdout).toContain('tests="6" failures="3" errors="0" skipped="0"');
    expect(stdout.match(/<testcase /g)).toHaveLength(6);
    expect(stdout.match(/<failure /g)).toHaveLength(3);
    expect(stdout).toContain('classname="a&amp;b.cfg" name="192.0.2.0/28"/>');
    // No control character, no bare ampersand, no tag of the configuration's making.
    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}|&(?!amp;|lt;|gt;|quot;)/u);
    expect(
      stdout.replaceAll(
        /<\/?(testsuites?|testcase|failure|skipped|system-out)( [a-z]+="[^"<>]*")*\/?>|<\?xml[^>]*\?>/g,
        "",
      ),
    ).not.toMatch(/[<>]/);
  });

  it("gives a markdown summary that no configuration can break", async () => {
    const odd = files.write("odd.txt", "10.0.0.1 <script>`x`|y\n");
    const { stdout } = await check({ files: [odd], vendor: "text", format: "markdown" });
    expect(stdout).toMatch(/^## ❌ Drift: odd\.txt/);
    expect(stdout).toContain("| undecided | 6 |");
    expect(stdout.replaceAll(/(`+).*?\1/g, "")).not.toContain("<script>");
    expect((await check({ files: [odd], vendor: "text", format: "markdown" })).stdout).toBe(stdout);
  });
});

describe("msem render", () => {
  const change = `object-group network SCUBA-SOURCES
 network-object 192.0.2.128 255.255.255.128
 network-object 2001:db8:40::10/124
 no network-object 192.0.2.32 255.255.255.240
`;

  it("prints the smallest change, additions first, and its rollback", async () => {
    expect(await render()).toEqual({
      code: 0,
      stdout: change,
      stderr: "note: Scuba: 2 entries added, 1 removed, 4 kept\n",
    });
    expect((await render({ rollback: true })).stdout).toBe(`object-group network SCUBA-SOURCES
 network-object 192.0.2.32 255.255.255.240
 no network-object 192.0.2.128 255.255.255.128
 no network-object 2001:db8:40::10/124
`);
    expect((await render({ full: true })).stdout.split("\n").slice(0, 3)).toEqual([
      "object-group network SCUBA-SOURCES",
      " network-object 192.0.2.0 255.255.255.240",
      " network-object 192.0.2.16 255.255.255.248",
    ]);
  });

  it("has nothing to say about a list that is up to date", async () => {
    const done = files.write("done.cfg", config + change);
    expect(await render({ file: done })).toMatchObject({ code: 0, stdout: "" });
    expect((await check({ files: [done], list: ["SCUBA-SOURCES"] })).code).toBe(0);
  });

  it("refuses what is no list with code 3, and names the lists", async () => {
    const acl = await render({ list: ["outside_in"] });
    expect([acl.code, acl.stdout]).toEqual([3, ""]);
    expect(acl.stderr).toContain("MSEM_REFUSED edge.cfg: access-list outside_in is no list of addresses");
    expect(acl.stderr).toContain("SCUBA-SOURCES");
    const object = await render({ list: ["PARTNER"] });
    expect([object.code, object.stdout]).toEqual([3, ""]);
    expect(object.stderr).toContain("an object holds one address");
    expect((await render({ list: ["NOWHERE"] })).code).toBe(1);
  });
});

/** What SARIF 2.1.0 requires of the parts that we write. */
const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          informationUri: z.url(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              shortDescription: z.strictObject({ text: z.string().min(1) }),
              defaultConfiguration: z.strictObject({ level: z.enum(["none", "note", "warning", "error"]) }),
            }),
          ),
        }),
      }),
      columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().nonnegative(),
          level: z.enum(["none", "note", "warning", "error"]),
          message: z.strictObject({ text: z.string().min(1) }),
          locations: z.tuple([
            z.strictObject({
              physicalLocation: z.strictObject({
                artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w./%~:-]+$/) }),
                region: z.strictObject({ startLine: z.int().positive() }),
              }),
            }),
          ]),
          partialFingerprints: z.record(z.string(), z.string()),
        }),
      ),
    }),
  ]),
});
