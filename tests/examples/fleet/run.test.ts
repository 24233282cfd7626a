/** A run without the engine: who is started, with what, how many at a time, how it ends, and what is noted. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { type Ending, type RunningChild, startChild } from "../../../examples/fleet/child.ts";
import { type Journal, openJournal } from "../../../examples/fleet/journal.ts";
import type { Tenant } from "../../../examples/fleet/list.ts";
import { isAlive } from "../../../examples/fleet/processes.ts";
import type { EngineRequest, EngineResult } from "../../../examples/fleet/protocol.ts";
import type { Report } from "../../../examples/fleet/report.ts";
import { programDigest, revisionOf } from "../../../examples/fleet/revision.ts";
import { environmentFor, type RunSettings, redactor, startRun } from "../../../examples/fleet/run.ts";

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-"));
  journal = openJournal(folder);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const tenant = (name: string, variable = `${name}_TOKEN`.toUpperCase()): Tenant => ({
  name,
  endpoint: "https://msem.example",
  token: { fromEnvironment: variable },
  connectors: {},
});
const tenants = ["a", "b", "c", "d", "e"].map((name) => tenant(name));
const result = (more: Partial<EngineResult> = {}): EngineResult => ({
  status: "ok",
  changes: {},
  differences: [],
  problems: [],
  outputs: {},
  ...more,
});
const ending = (more: Partial<Ending> = {}): Ending => ({
  result: result(),
  timedOut: false,
  killed: false,
  output: "",
  ...more,
});

/** Children that end when the test says so. */
function stage() {
  const started: { request: EngineRequest; end: (ending: Ending) => void; told: number }[] = [];
  const start = (request: EngineRequest): RunningChild => {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const child = { request, end: resolve, told: 0 };
    started.push(child);
    return { pid: 1, ended: promise, end: () => void child.told++ };
  };
  return { started, start, names: () => started.map(({ request }) => request.tenant.name) };
}

function settings(more: Partial<RunSettings>): RunSettings {
  return {
    operation: "up",
    tenants,
    all: false,
    refresh: false,
    parallel: 2,
    timeoutMs: 1000,
    graceMs: 500,
    work: folder,
    stacks: { project: "p" },
    revisionOf: ({ name }) => `${name}-1`,
    journal,
    start: async () => ending(),
    redact: (text: string) => text,
    progress: () => undefined,
    ...more,
  } as RunSettings;
}
/** Every child ends at once. */
const atOnce = (how: (request: EngineRequest) => Ending) => (request: EngineRequest) => ({
  pid: 1,
  ended: Promise.resolve(how(request)),
  end: () => undefined,
});
const statusesOf = async (more: Partial<RunSettings>) =>
  (await startRun(settings(more)).reports).map(({ tenant, status }) => `${tenant} ${status}`);

it("has so many under way at a time, and begins the next when one ends", async () => {
  const { started, start, names } = stage();
  const run = startRun(settings({ start }));
  expect(names()).toEqual(["a", "b"]);
  started[1]?.end(ending());
  await sleep(1);
  expect(names()).toEqual(["a", "b", "c"]);
  for (let index = 0; index < 5; index++) {
    started[index]?.end(ending());
    await sleep(1);
  }
  expect((await run.reports).map(({ tenant }) => tenant)).toEqual(["a", "b", "c", "d", "e"]);
});

it("stops at the first call, and ends what is under way at the second", async () => {
  const { started, start, names } = stage();
  const run = startRun(settings({ start }));
  run.stop();
  expect(started.map(({ told }) => told)).toEqual([0, 0]);
  started[0]?.end(ending());
  await sleep(1);
  run.stop();
  expect(started.map(({ told }) => told)).toEqual([0, 1]);
  started[1]?.end(ending({ result: result({ status: "interrupted" }) }));
  const reports = await run.reports;
  expect(reports.map(({ status }) => status)).toEqual(["ok", "interrupted", "notStarted", "notStarted", "notStarted"]);
  expect(names()).toEqual(["a", "b"]);
  expect(journal.entry("a").done).toBeDefined();
  expect(journal.entry("b").inFlight).toHaveLength(1);
});

it("leaves out what is done at this revision, and does the rest again", async () => {
  expect(
    await statusesOf({
      start: atOnce(({ tenant: { name } }) => ending({ result: result({ status: name === "b" ? "failed" : "ok" }) })),
    }),
  ).toEqual(["a ok", "b failed", "c ok", "d ok", "e ok"]);
  const start = atOnce(() => ending());
  const revision = ({ name }: Tenant) => (name === "d" ? "d-2" : `${name}-1`);
  expect(await statusesOf({ start, revisionOf: revision })).toEqual([
    "a doneBefore",
    "b ok",
    "c doneBefore",
    "d ok",
    "e doneBefore",
  ]);
  expect(await statusesOf({ start, revisionOf: revision, all: true })).toEqual(tenants.map(({ name }) => `${name} ok`));
  // A look at the service is about now.
  expect(await statusesOf({ start, revisionOf: revision, operation: "preview" })).toEqual(
    tenants.map(({ name }) => `${name} ok`),
  );
});

it("has what a preview found different looked at again by the next up, and nothing else", async () => {
  await statusesOf({ start: atOnce(() => ending()) });
  await statusesOf({
    operation: "preview",
    start: atOnce(({ tenant: { name } }) => ending({ result: result({ status: name === "c" ? "drift" : "ok" }) })),
  });
  const requests: EngineRequest[] = [];
  await statusesOf({
    start: atOnce((request) => {
      requests.push(request);
      return ending();
    }),
  });
  expect(requests.map(({ tenant, refresh }) => [tenant.name, refresh])).toEqual([["c", true]]);
});

it("tells the next run what was under way when this one was cut off", async () => {
  const before = Date.now();
  startRun(settings({ start: stage().start, parallel: 1 }));
  journal.close();
  journal = openJournal(folder);
  const requests: EngineRequest[] = [];
  await statusesOf({
    start: atOnce((request) => {
      requests.push(request);
      return ending();
    }),
  });
  const [a, b] = requests;
  expect(b?.inFlight).toEqual([]);
  expect(a?.inFlight).toHaveLength(1);
  const { startedDateTime, deadlineDateTime } = a?.inFlight[0] ?? { startedDateTime: "", deadlineDateTime: "" };
  expect(Date.parse(startedDateTime)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(deadlineDateTime) - Date.parse(startedDateTime)).toBe(1500);
});

it.each([
  ["died of itself", { result: undefined, output: "boom" }, "failed", "without a result: boom", 1],
  [
    "was late and ended",
    { result: result({ status: "interrupted" }), timedOut: true },
    "timedOut",
    "not done within 1.0 s",
    1,
  ],
  ["was late and killed", { result: undefined, timedOut: true, killed: true }, "timedOut", "ended by force", 1],
  ["was late and done", { result: result(), timedOut: true }, "ok", "", 0],
  ["was killed", { result: undefined, killed: true }, "interrupted", "ended by force", 1],
] as const)("tells of a process that %s", async (_what, how, status, problem, inFlight) => {
  const [report] = await startRun(settings({ tenants: [tenant("a")], start: atOnce(() => ending(how)) })).reports;
  expect(report?.status).toBe(status);
  expect(report?.problems.join()).toContain(problem);
  expect(journal.entry("a").inFlight).toHaveLength(inFlight);
});

it("repeats no value that the list refers to, whoever says it", async () => {
  const environment = { A_TOKEN: "s3cret-value", B_TOKEN: "s3cret-value-2", C_TOKEN: "abc" };
  const lines: string[] = [];
  const reports = await startRun(
    settings({
      tenants: tenants.slice(0, 1),
      redact: redactor(tenants, environment),
      progress: (line) => void lines.push(line),
      start: atOnce(() =>
        ending({
          result: result({
            status: "failed",
            problems: ["refused s3cret-value-2"],
            differences: ["x: s3cret-value"],
            outputs: { deep: [{ own: "s3cret-value" }] },
          }),
        }),
      ),
    }),
  ).reports;
  expect(JSON.stringify([reports, lines])).not.toContain("s3cret");
  expect(reports[0]?.problems).toEqual(["refused [secret]"]);
});

it("hands a process nothing that only other tenants name", () => {
  const list = [tenant("a", "SHARED"), tenant("b", "SHARED"), tenant("c"), tenant("d")];
  const environment = { PATH: "/bin", SHARED: "1", C_TOKEN: "2", D_TOKEN: "3" };
  const given = (index: number) =>
    Object.keys(environmentFor(list[index] as Tenant, list, environment))
      .filter((name) => !name.startsWith("PULUMI_"))
      .sort();
  expect(given(0)).toEqual(["PATH", "SHARED"]);
  expect(given(2)).toEqual(["C_TOKEN", "PATH"]);
});

it("is another revision with another entry, program, package or backend, and not with another order", () => {
  const digests = new Set<string>();
  const add = (text: string, version: string) => {
    const program = join(folder, "program");
    mkdirSync(program, { recursive: true });
    writeFileSync(join(program, "index.ts"), text);
    digests.add(programDigest(program, version));
  };
  add("one", "1.0.0");
  add("two", "1.0.0");
  add("two", "1.0.1");
  expect(digests.size).toBe(3);
  const { name, ...rest } = tenant("a");
  const of = (entry: Tenant, program = "p", organization?: string, backend?: string) =>
    revisionOf(entry, program, { project: "x", ...(organization === undefined ? {} : { organization }) }, backend);
  expect(of({ ...rest, name })).toBe(of(tenant("a")));
  const revisions = [
    of(tenant("a")),
    of(tenant("b")),
    of(tenant("a", "OTHER")),
    of(tenant("a"), "q"),
    of(tenant("a"), "p", "o"),
    of(tenant("a"), "p", undefined, "s3://b"),
  ];
  expect(new Set(revisions).size).toBe(revisions.length);
});

describe("the process of one operation", () => {
  /** Runs a script in the place of the engine's. */
  function child(script: string, limits: { timeoutMs?: number; graceMs?: number } = {}): RunningChild {
    const file = join(folder, "child.mjs");
    writeFileSync(file, script);
    const request: EngineRequest = {
      operation: "up",
      tenant: tenant("a"),
      settings: { project: "p" },
      folder,
      refresh: false,
      inFlight: [],
    };
    return startChild(request, {
      script: file,
      folder,
      environment: { ...process.env, SEEN: "yes" },
      timeoutMs: 20_000,
      graceMs: 20_000,
      ...limits,
    });
  }
  /** Says that it ended well when it is told to end. */
  const obedient = `process.once("message", () => process.once("message", () => process.send({ status: "interrupted", problems: [] }, () => process.exit(0))));`;

  it("gets the request and gives the result", async () => {
    const { ended } = child(
      `process.once("message", ({ tenant }) => process.send({ status: tenant.name, problems: [process.env.SEEN] }, () => process.exit(0)));`,
    );
    expect(await ended).toEqual({
      result: { status: "a", problems: ["yes"] },
      timedOut: false,
      killed: false,
      output: "",
    });
  });

  it("may die without one, and then its last words count", async () => {
    const { ended } = child(`process.once("message", () => { console.error("boom"); process.exit(3); });`);
    expect(await ended).toMatchObject({ result: undefined, killed: false, output: expect.stringContaining("boom") });
  });

  it("is told to end when it takes too long", async () => {
    expect(await child(obedient, { timeoutMs: 300 }).ended).toMatchObject({
      result: { status: "interrupted" },
      timedOut: true,
      killed: false,
    });
  });

  it("is killed with all that it started when it does not end", async () => {
    const grandchild = join(folder, "grandchild");
    const running = child(
      `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
       const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
       writeFileSync(${JSON.stringify(grandchild)}, String(pid)); process.on("message", () => {});`,
      { timeoutMs: 1500, graceMs: 100 },
    );
    expect(await running.ended).toMatchObject({ result: undefined, timedOut: true, killed: true });
    const pid = Number(readFileSync(grandchild, "utf8"));
    for (let waited = 0; isAlive(pid) && waited < 100; waited++) await sleep(20);
    expect(isAlive(pid)).toBe(false);
  });
});

/** In the place of the CLI: its `up` goes on until it is told to cancel, or until a file says that it may end. */
const standIn = `#!/bin/sh
case "$1" in
  version) echo v3.259.0 ;;
  up)
    trap 'echo >> "$FOLDER/canceled"; exit 255' INT
    echo >> "$FOLDER/begun"
    while [ ! -e "$FOLDER/finish" ]; do sleep 0.05; done
    echo "error: no backend" >&2
    exit 1
    ;;
esac
`;

(process.platform === "win32" ? describe.skip : describe)("a signal", () => {
  const isThere = (name: string) => existsSync(join(folder, name));
  async function until(condition: () => boolean): Promise<void> {
    for (let waited = 0; !condition() && waited < 1000; waited++) await sleep(20);
    expect(condition()).toBe(true);
  }

  function start() {
    writeFileSync(join(folder, "pulumi"), standIn, { mode: 0o755 });
    const list = join(folder, "tenants.yaml");
    writeFileSync(list, stringify({ tenants: tenants.slice(0, 2) }));
    const fleet = resolve("examples", "fleet", "fleet.ts");
    const child = spawn(
      process.execPath,
      [fleet, "up", list, "--parallel", "1", "--json", "--work", join(folder, "work")],
      {
        cwd: folder,
        env: { ...process.env, FOLDER: folder, PATH: `${folder}${delimiter}${process.env.PATH}` },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        text[name] += chunk;
      });
    }
    const ended = once(child, "close").then(([code]) => {
      const { tenants: done } = JSON.parse(text.stdout) as Report;
      return { code, done: done.map(({ status, problems }) => [status, ...problems]) };
    });
    return { child, text, ended };
  }

  it("lets what is under way end, and begins nothing more", async () => {
    const { child, text, ended } = start();
    await until(() => isThere("begun"));
    child.kill("SIGINT");
    await until(() => text.stderr.includes("stopping: a under way may end; once more, and it is ended"));
    writeFileSync(join(folder, "finish"), "");
    expect(await ended).toEqual({ code: 1, done: [["failed", "error: no backend"], ["notStarted"]] });
    expect(isThere("canceled")).toBe(false);
  });

  it("has the engine cancel when it comes twice", async () => {
    const { child, text, ended } = start();
    await until(() => isThere("begun"));
    child.kill("SIGINT");
    await until(() => text.stderr.includes("stopping"));
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 1, done: [["interrupted", "ended before it was done"], ["notStarted"]] });
    expect(readFileSync(join(folder, "canceled"), "utf8")).toBe("\n");
  });

  it("that nobody can hear has the engine cancel too", async () => {
    const { child, ended } = start();
    ended.catch(() => undefined);
    await until(() => isThere("begun"));
    child.kill("SIGKILL");
    await until(() => isThere("canceled"));
    await expect(ended).rejects.toThrow();
  });
});
