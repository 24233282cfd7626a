/** The fleet example as people run it: twenty emulated tenants, a list that names them, the command line. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createEmulator, type Emulator } from "pulumi-msem/emulator";
import { stringify } from "yaml";
import { killTree } from "../../../examples/fleet/processes.ts";
import type { Report, TenantReport } from "../../../examples/fleet/report.ts";
import { canary } from "../../engine/classes.ts";
import { filesContaining } from "../../engine/lab.ts";

export interface FleetRun {
  readonly child: ChildProcess;
  /** Lines of progress so far. */
  readonly progress: () => readonly string[];
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

export interface FleetLab {
  readonly folder: string;
  /** By the tenant's name. */
  readonly emulators: ReadonlyMap<string, Emulator>;
  readonly names: readonly string[];
  /** Lets a late tenant finish connecting; before, it never does. */
  release(name: string): void;
  /** Variables that the list names; a test may change them. */
  readonly environment: Record<string, string>;
  start(...args: readonly string[]): FleetRun;
  /** Runs to the end and reads the report. */
  run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly report: Report; readonly stderr: string }>;
  /** Checkpoints of the file backend. */
  states(): ReadonlyMap<string, string>;
  locks(): readonly string[];
  close(): Promise<void>;
}

const fleet = resolve("examples", "fleet", "fleet.ts");

/** How long late tenants take to connect, by a clock that stands still until they are released. */
const lateMs = 200;

/** @param late names of those that do not finish connecting before they are released */
export async function openFleetLab(count: number, late: readonly string[]): Promise<FleetLab> {
  mkdirSync(".work", { recursive: true });
  const folder = mkdtempSync(resolve(".work", "fleet-"));
  const names = Array.from({ length: count }, (_, index) => `tenant-${String(index + 1).padStart(2, "0")}`);
  const standing = new Map(late.map((name) => [name, new Date()]));
  const emulatorFor = (name: string) => {
    const clock = { now: () => standing.get(name) ?? new Date() };
    return createEmulator({ clock, ...(standing.has(name) ? { latency: { connectMs: lateMs } } : {}) });
  };
  const emulators = new Map(await Promise.all(names.map(async (name) => [name, await emulatorFor(name)] as const)));
  const variable = (what: string, name: string) => `${what}_${name.slice(-2)}`;
  const environment: Record<string, string> = {};
  for (const [name, emulator] of emulators) {
    environment[variable("TOKEN", name)] = emulator.tokens.securityOperator;
    environment[variable("PASSWORD", name)] = `${canary}-${name}`;
  }
  const tenants = names.map((name) => ({
    name,
    endpoint: emulators.get(name)?.url,
    token: { fromEnvironment: variable("TOKEN", name) },
    connectors: {
      scanner: {
        type: "qualys",
        apiServer: "qualysapi.qualys.eu",
        username: `msem-${name}`,
        password: { fromEnvironment: variable("PASSWORD", name) },
      },
    },
  }));
  const list = join(folder, "tenants.yaml");
  writeFileSync(list, stringify({ tenants }));
  const backend = join(folder, "state");
  const temporary = join(folder, "tmp");
  for (const one of [backend, temporary]) mkdirSync(one);
  const said: string[] = [];
  const children: ChildProcess[] = [];

  const start = ([command = "", ...args]: readonly string[]): FleetRun => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|MSEM_|NODE_OPTIONS)/.test(name));
    const child = spawn(process.execPath, [fleet, command, list, "--work", join(folder, "work"), ...args], {
      cwd: folder,
      env: {
        ...Object.fromEntries(inherited),
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: pathToFileURL(backend).href,
        PULUMI_CONFIG_PASSPHRASE: "only-for-this-folder",
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
        TMPDIR: temporary,
        // As in scripts/engine: half of an operation's time would be loading and collecting.
        NODE_COMPILE_CACHE: resolve(".work", "compile-cache"),
        GOGC: "400",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        text[name] += chunk;
      });
    }
    const ended = new Promise<number | null>((settle, reject) => {
      child.once("error", reject);
      child.once("close", settle);
    });
    return {
      child,
      progress: () => text.stderr.split("\n").slice(0, -1),
      ended: ended.then((code) => {
        said.push(text.stdout, text.stderr);
        return { code, ...text };
      }),
    };
  };

  const states = () =>
    new Map(
      files(join(backend, ".pulumi", "stacks"))
        .filter((file) => file.endsWith(".json"))
        .map((file) => [file, readFileSync(file, "utf8")]),
    );

  return {
    folder,
    emulators,
    names,
    release: (name) => void standing.delete(name),
    environment,
    start: (...args) => start(args),
    run: async (...args) => {
      const { code, stdout, stderr } = await start([...args, "--json"]).ended;
      try {
        return { code, report: JSON.parse(stdout) as Report, stderr };
      } catch {
        throw new Error(`no report, exit code ${code}:\n${stdout}\n${stderr}`);
      }
    },
    states,
    locks: () => files(join(backend, ".pulumi", "locks")),
    close: async () => {
      for (const { pid, exitCode, signalCode } of children) {
        if (pid !== undefined && exitCode === null && signalCode === null) killTree(pid);
      }
      await Promise.all([...emulators.values()].map((emulator) => emulator.close()));
      const secrets = [
        canary,
        ...[...emulators.values()].map(({ tokens }) => tokens.securityOperator.split(".")[2] ?? "-"),
      ];
      const leaks = secrets.flatMap((secret) => [
        ...filesContaining(folder, secret),
        ...said.filter((text) => text.includes(secret)),
      ]);
      rmSync(folder, { recursive: true, force: true });
      if (leaks.length > 0) throw new Error(`a secret stands in: ${leaks.join(", ")}`);
    },
  };
}

/** Names of the tenants by their status. */
export function byStatus({ tenants }: Report): Partial<Record<TenantReport["status"], string[]>> {
  const found: Partial<Record<TenantReport["status"], string[]>> = {};
  for (const { status, tenant } of tenants) {
    found[status] ??= [];
    found[status].push(tenant);
  }
  return found;
}

function files(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return [];
  }
}
