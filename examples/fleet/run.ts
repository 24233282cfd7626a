/** A run: what is left to do, several tenants at a time, each in its own process, each noted when it begins and ends. */
import { hostname } from "node:os";
import { join } from "node:path";
import type { Ending, RunningChild } from "./child.ts";
import { type Entry, isDone, type Journal } from "./journal.ts";
import { type Tenant, variablesOf } from "./list.ts";
import type { EngineRequest, Operation, StackSettings } from "./protocol.ts";
import { formatSeconds, type TenantReport, wordOf } from "./report.ts";

/** Between two lines about what is under way. */
const heartbeatMs = 15_000;

export interface RunSettings {
  readonly operation: Operation;
  /** Tenants of this run. */
  readonly tenants: readonly Tenant[];
  /** Also those that were done before. */
  readonly all: boolean;
  readonly refresh: boolean;
  readonly parallel: number;
  /** For each tenant. */
  readonly timeoutMs: number;
  readonly graceMs: number;
  /** A folder for each tenant is made in it. */
  readonly work: string;
  readonly stacks: StackSettings;
  readonly revisionOf: (tenant: Tenant) => string;
  readonly journal: Journal;
  readonly start: (request: EngineRequest) => RunningChild;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** Gets a line whenever something has happened, and now and then when nothing has. */
  readonly progress: (line: string) => void;
}

export interface Run {
  readonly reports: Promise<readonly TenantReport[]>;
  /** First call: begins with no further tenant. Second: ends those under way. */
  stop(): void;
}

export function startRun(settings: RunSettings): Run {
  const { operation, tenants, all, parallel, journal, progress } = settings;
  const isLeft = (tenant: Tenant): boolean =>
    all || operation === "preview" || !isDone(journal.entry(tenant.name), operation, settings.revisionOf(tenant));
  const left = tenants.filter(isLeft);
  const before = tenants.length - left.length;
  progress(
    `${operation}: ${left.length} of ${tenants.length} tenants to do${before === 0 ? "" : `, ${before} done before`}; ${parallel} at a time`,
  );

  const done = new Map<string, TenantReport>();
  const running = new Map<string, { child: RunningChild; since: number }>();
  const width = Math.max(0, ...left.map(({ name }) => name.length));
  let stops = 0;

  async function work(tenant: Tenant): Promise<void> {
    const report = await operate(tenant, settings, running);
    done.set(tenant.name, report);
    const count = `[${String(done.size).padStart(String(left.length).length)}/${left.length}]`;
    const what = report.problems[0]?.split("\n")[0] ?? report.note ?? report.differences[0] ?? "";
    progress(
      `${count} ${tenant.name.padEnd(width)}  ${wordOf(report.status)}  ${formatSeconds(report.seconds)}  ${what}`.trimEnd(),
    );
  }

  async function reports(): Promise<readonly TenantReport[]> {
    const waiting = left.values();
    const heartbeat = setInterval(() => {
      const names = [...running].map(([name, { since }]) => `${name} (${formatSeconds((Date.now() - since) / 1000)})`);
      if (names.length > 0) progress(`waiting for ${names.join(", ")}`);
    }, heartbeatMs);
    heartbeat.unref();
    // All take from one queue.
    const takers = Array.from({ length: parallel }, async () => {
      for (const tenant of waiting) {
        if (stops > 0) return;
        await work(tenant);
      }
    });
    try {
      await Promise.all(takers);
    } finally {
      clearInterval(heartbeat);
    }
    return tenants.map((tenant) => {
      const status = isIn(left, tenant) ? "notStarted" : "doneBefore";
      return done.get(tenant.name) ?? emptyReport(tenant.name, status);
    });
  }

  return {
    reports: reports(),
    stop: () => {
      stops++;
      const names = [...running.keys()].join(", ");
      if (stops === 1) progress(`stopping: ${names || "nothing"} under way may end; once more, and it is ended`);
      else for (const { child } of running.values()) child.end();
    },
  };
}

async function operate(
  tenant: Tenant,
  { operation, refresh, timeoutMs, graceMs, work, stacks, revisionOf, journal, start, redact }: RunSettings,
  running: Map<string, { child: RunningChild; since: number }>,
): Promise<TenantReport> {
  const since = Date.now();
  const entry: Entry = journal.entry(tenant.name);
  const request: EngineRequest = {
    operation,
    tenant,
    settings: stacks,
    folder: join(work, "stacks", tenant.name),
    // A preview writes no state: without looking again `up` would not see what it saw.
    refresh: refresh || entry.drifted,
    // A preview takes no lock, and recovering is not its business.
    inFlight: operation === "preview" ? [] : entry.inFlight,
  };
  if (operation !== "preview") {
    journal.started(tenant.name, {
      host: hostname(),
      startedDateTime: new Date(since).toISOString(),
      deadlineDateTime: new Date(since + timeoutMs + graceMs).toISOString(),
    });
  }
  const child = start(request);
  running.set(tenant.name, { child, since });
  const ending = await child.ended;
  running.delete(tenant.name);
  const status = statusOf(ending);
  const { locked } = ending.result ?? {};
  journal.ended({
    tenant: tenant.name,
    operation,
    revision: revisionOf(tenant),
    // A process that died of itself may have left its lock.
    status: ending.result === undefined && status === "failed" ? "interrupted" : status,
    ...(locked === undefined ? {} : { locked }),
  });
  const { changes = {}, differences = [], outputs = {}, note } = ending.result ?? {};
  const told = { differences: [...differences], problems: problemsOf(ending, timeoutMs), outputs };
  return {
    tenant: tenant.name,
    status,
    seconds: Math.round((Date.now() - since) / 100) / 10,
    changes,
    ...(JSON.parse(JSON.stringify(told), (_key, value) =>
      typeof value === "string" ? redact(value) : value,
    ) as typeof told),
    ...(note === undefined ? {} : { note }),
  };
}

function statusOf({ result, timedOut, killed }: Ending): Exclude<TenantReport["status"], "doneBefore" | "notStarted"> {
  // One that came to its end in the last moment did.
  if (result !== undefined && result.status !== "interrupted") return result.status;
  if (timedOut) return "timedOut";
  return result === undefined && !killed ? "failed" : "interrupted";
}

function problemsOf(ending: Ending, timeoutMs: number): string[] {
  const { result, killed, output } = ending;
  const status = statusOf(ending);
  const told = result === undefined ? [] : [...result.problems];
  const forced = killed ? "it was ended by force, and may hold its stack still: the next run takes over" : undefined;
  if (status === "timedOut")
    return [[`not done within ${formatSeconds(timeoutMs / 1000)}`, forced].filter(Boolean).join("; "), ...told];
  if (status === "interrupted") return [forced ?? "ended before it was done", ...told];
  if (result === undefined) return [`the engine's process ended without a result: ${output.trim() || "no output"}`];
  return told;
}

function isIn(tenants: readonly Tenant[], { name }: Tenant): boolean {
  return tenants.some((one) => one.name === name);
}

function emptyReport(tenant: string, status: TenantReport["status"]): TenantReport {
  return { tenant, status, seconds: 0, changes: {}, differences: [], problems: [], outputs: {} };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What one tenant's process gets: nothing that the list names for other tenants only. */
export function environmentFor(tenant: Tenant, tenants: readonly Tenant[], environment: Environment): Environment {
  const own = variablesOf(tenant);
  const others = new Set(tenants.flatMap(variablesOf).filter((name) => !own.includes(name)));
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !others.has(name))),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // On a new machine the stack's settings are not there: its secrets provider is the one in its state, not the default.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  };
}

/** Replaces the values that the list refers to, should the words of a service repeat one. */
export function redactor(tenants: readonly Tenant[], environment: Environment): (text: string) => string {
  const values = [...new Set(tenants.flatMap(variablesOf).map((name) => environment[name] ?? ""))]
    // Shorter ones would take words apart.
    .filter((value) => value.length >= 4)
    // A longer one first: it may contain another.
    .sort((a, b) => b.length - a.length);
  return (text) => values.reduce((clean, value) => clean.replaceAll(value, "[secret]"), text);
}
