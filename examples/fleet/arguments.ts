/** The command line, judged as a whole before anything is done. */
import { parseArgs } from "node:util";
import type { Operation } from "./protocol.ts";
import { parseShard, type Shard } from "./shard.ts";

export const help = `Usage: node fleet.ts up|preview|destroy LIST [options]
       node fleet.ts summary LIST REPORT… [--json]

Runs the program in program/ for every tenant of LIST (YAML or JSON), each in a stack of its own.

  up        connects what the list says; tenants that are done already are left out
  preview   looks for drift at every tenant, and changes nothing
  destroy   disconnects everything; the stacks stay, empty
  summary   puts the reports of the parts of one list together

Options:
  --parallel N               tenants at a time, 1 to 64 (default: 4)
  --timeout SECONDS          for each tenant, 1 to 86,400; then it is ended (default: 900)
  --tenant NAME              only this one; again for more
  --shard I/N                only the I-th of N parts, such as 2/4
  --all                      with up and destroy: also those that are done already
  --refresh                  with up: look at every tenant first, and mend what somebody edited
  --yes                      needed to destroy
  --report FILE              write the report as JSON too
  --json                     print the report as JSON instead of the table
  --work FOLDER              journal and stack settings (default: .fleet)
  --project NAME             Pulumi project of the stacks (default: msem-fleet)
  --organization NAME        of Pulumi Cloud
  --secrets-provider URL     for new stacks, such as azurekeyvault://…
  --help

The backend is Pulumi's own: \`pulumi login\`, or PULUMI_BACKEND_URL. Ctrl-C lets what is under way end, once more ends
it; the same command again does what is left.

Exit codes, the worst of all tenants (1 before 3 before 2):
  0  all done, or in sync
  2  drift
  3  refused: a guard holds (MSEM_REFUSED)
  1  failed, timed out, interrupted or not started; wrong usage`;

export type Arguments =
  | { readonly command: "help" }
  | { readonly command: "summary"; readonly list: string; readonly reports: readonly string[]; readonly json: boolean }
  | RunArguments;

export interface RunArguments {
  readonly command: Operation;
  readonly list: string;
  readonly parallel: number;
  readonly timeoutMs: number;
  /** None: all of them. */
  readonly only: readonly string[];
  readonly shard: Shard | undefined;
  readonly all: boolean;
  readonly refresh: boolean;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly work: string;
  readonly project: string;
  readonly organization: string | undefined;
  readonly secretsProvider: string | undefined;
}

const operations: readonly string[] = ["up", "preview", "destroy"] satisfies readonly Operation[];

/** @throws with every problem there is */
export function readArguments(argv: readonly string[]): Arguments {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      parallel: { ...text, default: "4" },
      timeout: { ...text, default: "900" },
      tenant: { ...text, multiple: true, default: [] as string[] },
      shard: text,
      all: flag,
      refresh: flag,
      yes: flag,
      report: text,
      json: flag,
      work: { ...text, default: ".fleet" },
      project: { ...text, default: "msem-fleet" },
      organization: text,
      "secrets-provider": text,
      help: flag,
    },
  });
  if (values.help) return { command: "help" };
  const problems: string[] = [];
  const [command = "", list, ...rest] = positionals;
  if (list === undefined) problems.push("LIST is missing");
  if (command === "summary") {
    if (rest.length === 0) problems.push("REPORT is missing");
    throwIfAny(problems);
    return { command, list: list as string, reports: rest, json: values.json };
  }
  if (!operations.includes(command)) problems.push(`the first argument must be ${operations.join(", ")} or summary`);
  if (rest.length > 0) problems.push(`too many arguments: ${rest.join(" ")}`);
  const shard = values.shard === undefined ? undefined : parseShard(values.shard);
  if (values.shard !== undefined && shard === undefined)
    problems.push("--shard must be I/N with 1 ≤ I ≤ N, such as 2/4");
  if (values.all && command === "preview") problems.push("--all is for up and destroy; preview looks at every tenant");
  if (values.refresh && command !== "up") problems.push("--refresh is for up; preview does it always");
  if (command === "destroy" && !values.yes) problems.push("destroy disconnects everything: confirm with --yes");
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(values.project)) problems.push("--project must be a name of Pulumi's");
  const parallel = wholeNumber("--parallel", values.parallel, 64, problems);
  const seconds = wholeNumber("--timeout", values.timeout, 86_400, problems);
  throwIfAny(problems);
  return {
    command: command as Operation,
    list: list as string,
    parallel,
    timeoutMs: seconds * 1000,
    only: values.tenant,
    shard,
    all: values.all,
    refresh: values.refresh,
    report: values.report,
    json: values.json,
    work: values.work,
    project: values.project,
    organization: values.organization,
    secretsProvider: values["secrets-provider"],
  };
}

function wholeNumber(name: string, text: string, most: number, problems: string[]): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) problems.push(`${name} must be a whole number from 1 to ${most.toLocaleString("en")}`);
  return value;
}

function throwIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
