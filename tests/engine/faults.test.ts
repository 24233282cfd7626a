/**
 * The fault matrix: one connector per case and phase in one stack, the fault keyed by the connection's name. First runs
 * are judged by the table, and whatever they ended in, the next run without faults has to converge: no orphan, no
 * duplicate, state equals server.
 */
import type { FaultStatus } from "pulumi-msem/emulator";
import type { OperationResult } from "../../scripts/engine/protocol.ts";
import { canary } from "./classes.ts";
import { calls, cases, causes, type FaultCase, type Phase, requestTimeoutSeconds } from "./faultMatrix.ts";
import { expectOk, type Lab, openLab, specs } from "./lab.ts";
import type { ProgramArgs } from "./programs/connectors.ts";

jest.setTimeout(300_000);

const nightly = { refresh: true, expectNoChanges: true };
const all = { parallel: 256, continueOnError: true };

const of = (phase: Phase) => cases.filter((one) => one.phase === phase);
const rotating = of("rotate").length;
const describing = of("describe").length;
/** Without a fault in any phase. */
const control = 2;
const nameOf = (index: number) => `c-${String(index).padStart(3, "0")}`;
const names = Array.from({ length: rotating + describing + control }, (_, index) => nameOf(index));
const isDescribed = (index: number) => index >= rotating && index < rotating + describing + 1;

/** Connectors of `rotate` and the last one change everything, those of `describe` only their description. */
function wanted(index: number, turn: 1 | 2) {
  const rotated = isDescribed(index) ? 1 : turn;
  return {
    apiServer: rotated === 1 ? "qualysapi.qualys.eu" : "qualysapi.qualys.com",
    username: isDescribed(index) ? "constant" : "rotated",
    password: `${canary}-${rotated}`,
    description: `turn ${turn}`,
    tags: { turn: String(rotated) },
  };
}

const programOf = (turn: 1 | 2): ProgramArgs =>
  specs(names.map((name, index) => ({ className: "QualysConnector", name, args: wanted(index, turn) })));

interface Recorded {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

async function recorded(lab: Lab): Promise<Map<string, Recorded>> {
  const { deployment } = expectOk(await lab.run("export", specs([])));
  const { resources = [] } = (
    deployment as { deployment: { resources?: (Recorded & { urn: string; type: string })[] } }
  ).deployment;
  return new Map(
    resources
      .filter(({ type }) => type.includes("msem:"))
      .map((resource) => [resource.urn.split("::").pop() ?? "", resource]),
  );
}

/** What went wrong in a first run; empty when every connector ended as the table says. */
function misfits(result: OperationResult, assigned: readonly (readonly [string, FaultCase])[]): string[] {
  const errors = new Map<string, string[]>();
  for (const { severity, message, urn } of result.diagnostics) {
    if (severity !== "error") continue;
    const name = urn?.split("::").pop() ?? "";
    errors.set(name, [...(errors.get(name) ?? []), message]);
  }
  const expected = new Map(assigned);
  return names.flatMap((name) => {
    const { end, title } = expected.get(name) ?? { end: "ok", title: "no fault" };
    const said = errors.get(name) ?? [];
    const problem = judge(end, said);
    return problem === undefined ? [] : [`${name} ${title}: expected ${end}, ${problem}: ${said.join("\n")}`];
  });
}

/** Environment variables that hints name. */
const variables = ["MSEM_ENDPOINT", "MSEM_TOKEN"];

function judge(end: string, said: readonly string[]): string | undefined {
  if (end === "ok") return said.length === 0 ? undefined : "failed";
  if (said.length !== 1) return `${said.length} messages`;
  const [message = ""] = said;
  const codes = (message.match(/MSEM_[A-Z_]+/g) ?? []).filter((code) => !variables.includes(code));
  // As its own, and where it is explained.
  if (codes.join() !== `${end},${end}`) return "another code";
  if (!causes[end]?.test(message)) return "does not name the cause";
  return /\n\s+at |node_modules|\.js:\d/.test(message) ? "shows a stack" : undefined;
}

/** Faults that never struck prove nothing. */
function unused(faults: readonly FaultStatus[]): string[] {
  return faults
    .filter(({ struck }) => struck === 0)
    .map(({ fault }) => `${fault.when.connectionName} ${fault.effect.kind} at ${fault.when.method} ${fault.when.path}`);
}

const route = (path: string) => path.replace(/^\/(connections|operations)\/[^/]+/, "/$1/{id}");

/** What one connector sent, in the form of the table. */
function sent(lab: Lab, from: number, name: string): string[] {
  return lab.emulator
    .requests()
    .slice(from)
    .filter(({ connectionName }) => connectionName === name)
    .map(({ method, path }) => `${method} ${route(path)}`);
}

const planned = (phase: Phase) => calls[phase].map(({ method, route: path }) => `${method} ${path}`);

describe("the fault matrix", () => {
  let lab: Lab;
  const assignedTo = (phase: Phase) => {
    const first = phase === "describe" ? rotating : 0;
    return of(phase).map((one, index) => [nameOf(first + index), one] as const);
  };
  const arm = (...phases: Phase[]) => {
    const now = Date.now();
    lab.emulator.faults.set(phases.flatMap(assignedTo).map(([name, one]) => one.arm(name, now)));
  };
  const lastTwo = names.slice(-control) as [string, string];

  beforeAll(async () => {
    lab = await openLab({
      emulator: {
        seed: {
          accounts: ["rotated", "constant"].map((identifier) => ({
            connectorType: "qualys",
            identifier,
            secrets: { password: `${canary}-1` },
          })),
        },
      },
      stack: {},
      // The engine would write the whole state anew at every step, which is most of the time and tests the engine.
      environment: {
        PULUMI_EXPERIMENTAL: "true",
        PULUMI_SKIP_CHECKPOINTS: "true",
        MSEM_REQUEST_TIMEOUT_SECONDS: String(requestTimeoutSeconds),
        MSEM_OPERATION_TIMEOUT_SECONDS: "12",
      },
    });
    console.log(`fault matrix: ${cases.length} cases`);
  });

  afterAll(async () => {
    await lab.close();
  });

  /** Every connection is in state exactly once, and is what the program says. */
  async function expectConverged(turn: 1 | 2): Promise<void> {
    const state = await recorded(lab);
    const server = lab.emulator.connections();
    expect(server.map(({ name }) => name).sort()).toEqual(names);
    expect([...state].map(([name, { id }]) => `${name} ${id}`).sort()).toEqual(
      server.map(({ name, id }) => `${name} ${id}`).sort(),
    );
    // The service reads the product now: whoever holds another credential than the account fails.
    for (const { id } of server) lab.emulator.sync(id);
    const told = lab.emulator
      .connections()
      .map(({ name, settings, description, tags, status }) => ({ name, settings, description, tags, status }));
    expect(told.sort((a, b) => a.name.localeCompare(b.name))).toEqual(
      names.map((name, index) => {
        const { apiServer, description, tags } = wanted(index, turn);
        const owner = {
          "managed-by": "pulumi",
          "pulumi-project": "lab",
          "pulumi-stack": "test",
          "pulumi-name": name,
        };
        return { name, settings: { apiServer }, description, tags: { ...tags, ...owner }, status: "Ingesting" };
      }),
    );
    for (const [name, { outputs }] of state) {
      const { apiServer, description, tags } = wanted(names.indexOf(name), turn);
      expect(outputs).toMatchObject({ name, apiServer, description, tags, status: "connected", health: "ok" });
    }
    expectOk(await lab.run("preview", programOf(turn), nightly));
  }

  async function expectEveryConnectionInState(): Promise<void> {
    const state = await recorded(lab);
    const kept = [...state.values()].map(({ id }) => id);
    const orphans = lab.emulator.connections().filter(({ id }) => !kept.includes(id));
    expect(orphans.map(({ name }) => new Map(assignedTo("create")).get(name)?.title ?? name)).toEqual([]);
    expect(new Set(kept).size).toBe(kept.length);
  }

  it("strikes every create, and loses nothing", async () => {
    arm("create");
    const result = await lab.run("up", programOf(1), all);
    expect(misfits(result, assignedTo("create"))).toEqual([]);
    expect(unused(lab.emulator.faults.list())).toEqual([]);
    expect(sent(lab, 0, lastTwo[1])).toEqual(planned("create"));
    lab.emulator.faults.clear();
    await expectEveryConnectionInState();
  });

  it("converges after that", async () => {
    expectOk(await lab.run("up", programOf(1), all));
    await expectConverged(1);
  });

  it("strikes every update, and loses nothing", async () => {
    lab.emulator.setAccount({
      connectorType: "qualys",
      identifier: "rotated",
      secrets: { password: `${canary}-2` },
    });
    // What a replica that lags shows: an older version, or even one that says what the program is about to say.
    for (const [name, { fault }] of assignedTo("rotate")) if (fault === "stale read") lab.emulator.edit(name, {});
    for (const [name, { fault }] of assignedTo("describe")) {
      if (fault !== "stale read") continue;
      lab.emulator.edit(name, { description: "turn 2" });
      lab.emulator.edit(name, { description: "by hand" });
    }
    arm("rotate", "describe");
    const from = lab.emulator.requests().length;
    const result = await lab.run("up", programOf(2), all);
    expect(misfits(result, [...assignedTo("rotate"), ...assignedTo("describe")])).toEqual([]);
    expect(unused(lab.emulator.faults.list())).toEqual([]);
    expect(sent(lab, from, lastTwo[0])).toEqual(planned("describe"));
    expect(sent(lab, from, lastTwo[1])).toEqual(planned("rotate"));
    lab.emulator.faults.clear();
    await expectEveryConnectionInState();
  });

  it("converges after that as well", async () => {
    expectOk(await lab.run("up", programOf(2), all));
    await expectConverged(2);
  });

  it("strikes every delete, and forgets nothing that is still there", async () => {
    arm("delete");
    const from = lab.emulator.requests().length;
    const result = await lab.run("destroy", programOf(2), all);
    expect(misfits(result, assignedTo("delete"))).toEqual([]);
    expect(unused(lab.emulator.faults.list())).toEqual([]);
    expect(sent(lab, from, lastTwo[1])).toEqual(planned("delete"));
    lab.emulator.faults.clear();
    await expectEveryConnectionInState();
    expectOk(await lab.run("destroy", programOf(2), all));
    expect(lab.emulator.connections()).toEqual([]);
    expect([...(await recorded(lab)).keys()]).toEqual([]);
  });
});
