/** Shards, arguments and reports of the fleet example: what covers what, and which exit code comes out. */
import fc from "fast-check";
import { readArguments } from "../../../examples/fleet/arguments.ts";
import {
  exitCodeOf,
  formatReport,
  mergeReports,
  type Report,
  type TenantReport,
} from "../../../examples/fleet/report.ts";
import { parseShard, partOf } from "../../../examples/fleet/shard.ts";

const tenant = (name: string, status: TenantReport["status"], more: Partial<TenantReport> = {}): TenantReport => ({
  tenant: name,
  status,
  seconds: status === "doneBefore" || status === "notStarted" ? 0 : 2.34,
  changes: {},
  differences: [],
  problems: [],
  outputs: {},
  ...more,
});
const report = (tenants: TenantReport[], more: Partial<Report> = {}): Report => ({
  version: 1,
  operation: "up",
  startedDateTime: "2026-11-20T10:00:00.000Z",
  seconds: 72,
  exitCode: exitCodeOf(tenants),
  tenants,
  forgotten: [],
  ...more,
});

describe("shards", () => {
  it("cover every tenant exactly once, in parts that differ by one at most", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (names, count) => {
        const parts = Array.from({ length: count }, (_, index) => partOf(names, { index: index + 1, count }));
        expect(parts.flat().sort()).toEqual([...names].sort());
        const sizes = parts.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("keep their tenants when others are added at the end", () => {
    expect(partOf(["a", "b", "c"], { index: 1, count: 2 })).toEqual(["a", "c"]);
    expect(partOf(["a", "b", "c", "d", "e"], { index: 1, count: 2 })).toEqual(["a", "c", "e"]);
  });

  it.each(["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", "1.5/2", "1/99999"])("%j is none", (text) => {
    expect(parseShard(text)).toBeUndefined();
  });
});

describe("exit code", () => {
  it.each([
    [["ok", "doneBefore"], 0],
    [[], 0],
    [["ok", "drift"], 2],
    [["drift", "refused"], 3],
    [["refused", "failed", "drift"], 1],
    [["ok", "timedOut"], 1],
    [["ok", "interrupted"], 1],
    [["ok", "notStarted"], 1],
  ] as const)("of %j is %d", (statuses, code) => {
    expect(exitCodeOf(statuses.map((status) => ({ status })))).toBe(code);
  });
});

describe("the table", () => {
  it("begins with the verdict, then every tenant, what is wrong, and what to do", () => {
    const text = formatReport(
      report(
        [
          tenant("contoso", "ok", { changes: { create: 2, update: 1 } }),
          tenant("fabrikam", "failed", { problems: ["MSEM_FORBIDDEN no\nask for a role"] }),
          tenant("northwind", "doneBefore"),
          tenant("tailspin", "notStarted"),
        ],
        { shard: "1/2", forgotten: ["adatum"] },
      ),
    );
    expect(text.split("\n")).toEqual([
      "2 of 4 tenants not in order: 1 ok, 1 done before, 1 failed, 1 not started (up, part 1/2, 1 min 12 s)",
      "",
      "  contoso    ok               2.3 s  2 created, 1 updated",
      "  fabrikam   failed           2.3 s",
      "  northwind  done before",
      "  tailspin   not started",
      "",
      "fabrikam: failed",
      "  MSEM_FORBIDDEN no",
      "  ask for a role",
      "",
      "No longer in the list, and still there: adatum. Put them back and destroy them first.",
      "",
      "Next: mend what is told above, then the same command again: it does just what is left.",
      "",
    ]);
  });

  it("gives the reasons of drift, and the way to mend it", () => {
    const text = formatReport(
      report([tenant("contoso", "drift", { differences: ["scanner: update [description]"] })], {
        operation: "preview",
      }),
    );
    expect(text).toContain("contoso: drift\n  scanner: update [description]\n");
    expect(text).toContain("Next: `up` mends the drift");
  });

  it("says when all is done, also of none", () => {
    expect(formatReport(report([tenant("contoso", "ok")]))).toMatch(/^All 1 tenant done: 1 ok \(up, 1 min 12 s\)/);
    expect(formatReport(report([]))).toMatch(/^All 0 tenants done/);
  });
});

describe("reports of parts", () => {
  const one = report([tenant("a", "ok"), tenant("c", "drift")], { operation: "preview" });
  const two = report([tenant("b", "failed")], { operation: "preview", startedDateTime: "2026-11-20T10:01:00.000Z" });
  const merge = (...contents: readonly unknown[]) =>
    mergeReports(
      contents.map((content, index) => ({ file: `${index + 1}.json`, content })),
      ["a", "b", "c"],
    );

  it("become one, in the list's order, with the worst exit code and the time from first to last", () => {
    const merged = merge(two, one);
    expect(merged.tenants.map(({ tenant, status }) => `${tenant} ${status}`)).toEqual(["a ok", "b failed", "c drift"]);
    expect([merged.exitCode, merged.seconds, merged.startedDateTime]).toEqual([1, 132, "2026-11-20T10:00:00.000Z"]);
    expect(JSON.parse(JSON.stringify(merged))).toEqual(merged);
  });

  it.each([
    ["a part is missing", [one], "b: in no report"],
    ["a tenant is in two", [one, two, report([tenant("b", "ok")], { operation: "preview" })], "b: in 2 reports"],
    ["a tenant is unknown", [one, two, report([tenant("x", "ok")], { operation: "preview" })], "x: not in the list"],
    ["operations differ", [one, report([tenant("b", "ok")])], "reports of different operations: preview, up"],
    ["a file is no report", [one, undefined], "2.json: no report of this program's"],
    ["a report is of another version", [one, { ...two, version: 2 }], "2.json: no report of this program's (version)"],
  ])("are refused when %s", (_what, contents, message) => {
    expect(() => merge(...contents)).toThrow(message);
  });
});

describe("arguments", () => {
  it("have defaults", () => {
    expect(readArguments(["up", "tenants.yaml"])).toEqual({
      command: "up",
      list: "tenants.yaml",
      parallel: 4,
      timeoutMs: 900_000,
      only: [],
      shard: undefined,
      all: false,
      refresh: false,
      report: undefined,
      json: false,
      work: ".fleet",
      project: "msem-fleet",
      organization: undefined,
      secretsProvider: undefined,
    });
  });

  it("are refused with all that is wrong with them", () => {
    const wrong = [
      "destroy",
      "--parallel",
      "65",
      "--timeout",
      "1.5",
      "--shard",
      "3/2",
      "--refresh",
      "--project",
      "a b",
    ];
    expect(() => readArguments(wrong)).toThrow(
      [
        "LIST is missing",
        "--shard must be I/N with 1 ≤ I ≤ N, such as 2/4",
        "--refresh is for up; preview does it always",
        "destroy disconnects everything: confirm with --yes",
        "--project must be a name of Pulumi's",
        "--parallel must be a whole number from 1 to 64",
        "--timeout must be a whole number from 1 to 86,400",
      ].join("\n"),
    );
    expect(() => readArguments(["apply", "x", "y"])).toThrow(
      "the first argument must be up, preview, destroy or summary",
    );
    expect(() => readArguments(["summary", "x"])).toThrow("REPORT is missing");
    expect(() => readArguments(["preview", "x", "--all"])).toThrow("--all is for up and destroy");
  });
});
