/** What a run tells at its end: one table, one document, one exit code; of several parts, put together. */
import { z } from "zod";

const statuses = {
  ok: "ok",
  doneBefore: "done before",
  drift: "drift",
  refused: "refused",
  failed: "failed",
  timedOut: "timed out",
  interrupted: "interrupted",
  notStarted: "not started",
} as const;

const tenantSchema = z.strictObject({
  tenant: z.string(),
  status: z.enum(Object.keys(statuses) as [keyof typeof statuses, ...(keyof typeof statuses)[]]),
  seconds: z.number(),
  /** Resources by what was, or in a preview would be, done to them. */
  changes: z.record(z.string(), z.number()),
  /** In which resource what differs. */
  differences: z.array(z.string()),
  problems: z.array(z.string()),
  /** Of the program; secret ones masked. Only after `up`. */
  outputs: z.record(z.string(), z.unknown()),
  note: z.string().optional(),
});

const reportSchema = z.strictObject({
  version: z.literal(1),
  operation: z.enum(["up", "preview", "destroy"]),
  /** Such as 2/4. */
  shard: z.string().optional(),
  startedDateTime: z.iso.datetime(),
  seconds: z.number(),
  exitCode: z.number(),
  tenants: z.array(tenantSchema),
  /** Brought up once, and not in the list any more: their stacks are still there. */
  forgotten: z.array(z.string()),
});

export type TenantReport = z.infer<typeof tenantSchema>;
export type Report = z.infer<typeof reportSchema>;

/** 0 done or in sync, 2 drift, 3 refused by a guard, 1 failed or not done. The worst counts: 1 before 3 before 2. */
export function exitCodeOf(tenants: readonly Pick<TenantReport, "status">[]): 0 | 1 | 2 | 3 {
  const codes = tenants.map(({ status }) => codeOf(status));
  return ([1, 3, 2] as const).find((code) => codes.includes(code)) ?? 0;
}

function codeOf(status: TenantReport["status"]): 0 | 1 | 2 | 3 {
  if (status === "ok" || status === "doneBefore") return 0;
  if (status === "drift") return 2;
  return status === "refused" ? 3 : 1;
}

/**
 * Several parts of one list as one report.
 *
 * @param names all tenants of the list
 * @throws when a part is no report, or when a tenant is in none of them, or in two
 */
export function mergeReports(parts: readonly { file: string; content: unknown }[], names: readonly string[]): Report {
  const problems: string[] = [];
  const reports = parts.flatMap(({ file, content }) => {
    const parsed = reportSchema.safeParse(content);
    if (parsed.success) return [parsed.data];
    problems.push(`${file}: no report of this program's (${parsed.error.issues[0]?.path.join(".") || "content"})`);
    return [];
  });
  const operations = [...new Set(reports.map(({ operation }) => operation))];
  if (operations.length > 1) problems.push(`reports of different operations: ${operations.join(", ")}`);
  const tenants = reports.flatMap((report) => report.tenants);
  const times = (name: string) => tenants.filter(({ tenant }) => tenant === name).length;
  for (const name of names) {
    if (times(name) === 0 && problems.length === 0) problems.push(`${name}: in no report; its part did not end`);
    if (times(name) > 1) problems.push(`${name}: in ${times(name)} reports`);
  }
  for (const { tenant } of tenants) if (!names.includes(tenant)) problems.push(`${tenant}: not in the list`);
  const [first] = reports;
  if (problems.length > 0 || first === undefined) {
    throw new Error(`these reports do not make one:\n${problems.map((one) => `  ${one}`).join("\n")}`);
  }
  const starts = reports.map(({ startedDateTime }) => startedDateTime).sort();
  const ends = reports.map(({ startedDateTime, seconds }) => Date.parse(startedDateTime) + seconds * 1000);
  const start = starts[0] as string;
  return {
    version: 1,
    operation: first.operation,
    startedDateTime: start,
    seconds: Math.round((Math.max(...ends) - Date.parse(start)) / 100) / 10,
    exitCode: exitCodeOf(tenants),
    tenants: names.flatMap((name) => tenants.filter(({ tenant }) => tenant === name)),
    forgotten: reports.flatMap(({ forgotten }) => forgotten).filter((name) => !names.includes(name)),
  };
}

/** For people: the verdict, every tenant, what is wrong, what to do. */
export function formatReport(report: Report): string {
  const { operation, shard, seconds, tenants, forgotten } = report;
  const part = shard === undefined ? "" : `, part ${shard}`;
  const width = Math.max(...tenants.map(({ tenant }) => tenant.length));
  const rows = tenants.map(({ tenant, status, seconds: took, changes, note }) => {
    const time = took === 0 ? "" : formatSeconds(took);
    const told = [formatChanges(changes), note].filter((text) => text !== undefined && text !== "").join("; ");
    return `  ${tenant.padEnd(width)}  ${statuses[status].padEnd(11)}  ${time.padStart(9)}  ${told}`.trimEnd();
  });
  return [
    `${verdictOf(tenants)} (${operation}${part}, ${formatSeconds(seconds)})`,
    "",
    ...rows,
    ...tenants.flatMap(detailOf),
    ...(forgotten.length === 0
      ? []
      : ["", `No longer in the list, and still there: ${forgotten.join(", ")}. Put them back and destroy them first.`]),
    ...nextStep(report),
    "",
  ].join("\n");
}

/** `2 of 20 tenants need attention: 1 failed, 1 timed out` */
function verdictOf(tenants: readonly TenantReport[]): string {
  const counts = Object.entries(statuses).flatMap(([status, word]) => {
    const count = tenants.filter((one) => one.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const bad = tenants.filter(({ status }) => codeOf(status) !== 0).length;
  const all = `${tenants.length} ${tenants.length === 1 ? "tenant" : "tenants"}`;
  return bad === 0 ? `All ${all} done: ${counts.join(", ")}` : `${bad} of ${all} not in order: ${counts.join(", ")}`;
}

function detailOf({ tenant, status, differences, problems }: TenantReport): readonly string[] {
  const lines = status === "drift" ? [...differences, ...problems] : codeOf(status) === 0 ? [] : problems;
  if (lines.length === 0) return [];
  return [
    "",
    `${tenant}: ${statuses[status]}`,
    ...lines.flatMap((text) => text.split("\n")).map((line) => `  ${line}`),
  ];
}

function nextStep({ operation, tenants, exitCode }: Report): readonly string[] {
  if (exitCode === 0) return [];
  if (operation !== "preview") {
    return ["", "Next: mend what is told above, then the same command again: it does just what is left."];
  }
  const drifted = tenants.some(({ status }) => status === "drift");
  return drifted ? ["", "Next: `up` mends the drift, and does nothing where there is none."] : [];
}

const past: Readonly<Record<string, string>> = { create: "created", update: "updated", delete: "deleted" };

function formatChanges(changes: Readonly<Record<string, number>>): string {
  return Object.entries(changes)
    .map(([op, count]) => `${count} ${past[op] ?? op}`)
    .join(", ");
}

/** `2.3 s`, `1 min 12 s` */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

export function wordOf(status: TenantReport["status"]): string {
  return statuses[status];
}
