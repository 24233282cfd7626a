/** `msem verify --ingestion`: does what the connectors read arrive in the exposure graph? Asks Microsoft Graph, no product. */
import { MsemError } from "../core/errors";
import { createResolver, fileTrouble } from "../credentials";
import type { IngestionContext } from "../ingestion/context";
import { type IngestionResult, type IngestionSubject, verifyIngestion } from "../ingestion/verify";
import { ingestions } from "../vendors/ingestions";
import { type CommandIo, counted, exitCodes, guarded, styleFor } from "./output";
import { exportStack } from "./stack";
import { checkOneWay, type VerifyFormat, type WhichConnectors } from "./verify";
import { junitDocument } from "./verifyReport";
import { connectorsOfExport, descriptorOf, readList } from "./verifySubjects";

export interface VerifyIngestionArguments extends WhichConnectors {
  readonly format: VerifyFormat;
  /** Hours that data may take after the connection came to be. @default 72 */
  readonly graceHours?: number;
}

/**
 * Prints what was found and resolves to the exit code: 2 where data has stalled or Graph could not be asked. What is
 * pending may still come, and for what is not verifiable nobody can do anything: neither needs attention.
 */
export function runVerifyIngestion(args: VerifyIngestionArguments, io: CommandIo): Promise<number> {
  return guarded(io, async () => {
    const subjects = await subjectsOf(args, io);
    if (args.format === "text") {
      const connectors = counted(subjects.length, "connector", "connectors");
      io.stdout.write(`Looking in the exposure graph for the data of ${connectors}.\n`);
    }
    const results = await lookForAll(subjects, args, io);
    const attention = results.filter(needsAttention);
    io.stdout.write(renderers[args.format](results, attention, io));
    return attention.length === 0 ? exitCodes.ok : exitCodes.drift;
  });
}

async function subjectsOf(args: VerifyIngestionArguments, { env }: CommandIo): Promise<IngestionSubject[]> {
  const { connector, file, stack, setting, secretEnv } = args;
  checkOneWay(args);
  if (setting.length + secretEnv.length > 0) {
    throw new MsemError(
      "MSEM_INVALID",
      "--setting and --secret-env mean nothing with --ingestion: no product is asked",
    );
  }
  if (connector !== undefined) {
    const { type } = descriptorOf(connector, "--connector");
    return [{ name: type, connectorType: type }];
  }
  if (file !== undefined) {
    const listed = await readList(file);
    return listed.map(({ name, descriptor }) => ({ name, connectorType: descriptor.type }));
  }
  const exported = connectorsOfExport(await exportStack(stack === true ? undefined : stack, env));
  return exported.map(({ name, descriptor, outputs: { createdDateTime, confirmedDateTime } }) => {
    // Of one that was connected by hand the confirmation is all that is known.
    const since = confirmedDateTime ?? createdDateTime;
    return { name, connectorType: descriptor.type, ...(typeof since === "string" ? { connectedSince: since } : {}) };
  });
}

async function lookForAll(
  subjects: readonly IngestionSubject[],
  { graceHours }: VerifyIngestionArguments,
  io: CommandIo,
): Promise<IngestionResult[]> {
  const asks = subjects.some(({ connectorType }) => ingestions.some(({ type }) => type === connectorType));
  const surroundings = {
    sources: ingestions,
    // Connected before the first question: settings that cannot work are an error, not a result of each product;
    // and for products without a query no token is needed.
    count: asks ? connect(io) : async () => 0,
    now: () => new Date(),
    ...(graceHours === undefined ? {} : { gracePeriodHours: graceHours }),
  };
  const results: IngestionResult[] = [];
  for await (const result of verifyIngestion(subjects, surroundings)) {
    results.push(result);
    io.stderr.write(`[${results.length}/${subjects.length}] ${result.name}: ${result.state}\n`);
  }
  return results;
}

function connect({ env, stderr }: CommandIo): IngestionContext["count"] {
  const { connectGraph } = require("../ingestion/connect") as typeof import("../ingestion/connect");
  const environment = (name: string) => env[name];
  const settings = { endpoint: env.MSEM_GRAPH_ENDPOINT || undefined, token: env.MSEM_GRAPH_TOKEN || undefined };
  return connectGraph(settings, {
    environment,
    now: () => new Date(),
    fileTrouble,
    resolve: createResolver({ environment }),
    warn: (message) => void stderr.write(`warning: ${message}\n`),
  });
}

function needsAttention({ state }: IngestionResult): boolean {
  return state === "stalled" || state === "failed";
}

type Render = (all: readonly IngestionResult[], attention: readonly IngestionResult[], io: CommandIo) => string;

const renderers: Readonly<Record<VerifyFormat, Render>> = {
  text: (all, attention, { stdout, env }) => {
    if (all.length === 0) return "There is nothing to look for.\n";
    const style = styleFor(stdout, env);
    const width = Math.max(...all.map(({ name }) => name.length));
    const rows = all.map((one) => {
      const paint = needsAttention(one) ? style.bad : one.state === "flowing" ? style.good : style.dim;
      return `  ${one.name.padEnd(width)}  ${paint(one.text)}\n`;
    });
    const verdict =
      attention.length === 0
        ? `${style.good("All good")}: nothing needs attention`
        : `${style.bad(String(attention.length))} of ${all.length} need${attention.length === 1 ? "s" : ""} attention`;
    return `${rows.join("")}${verdict}\n`;
  },
  json: (all, attention) => {
    const connectors = all.map(({ connectorType: type, ...one }) => ({
      type,
      ...one,
      needsAttention: needsAttention({ connectorType: type, ...one }),
    }));
    return `${JSON.stringify({ schemaVersion: 1, looksIn: "exposureGraph", attention: attention.length, connectors }, undefined, 2)}\n`;
  },
  junit: (all) =>
    junitDocument(
      "msem verify --ingestion",
      all.map((one) => {
        const base = { "@_classname": `msem.${one.connectorType}`, "@_name": `${one.name}: ingestion` };
        if (one.state === "flowing") return base;
        const detail = { "@_message": one.text, "@_type": one.state };
        return { ...base, ...(needsAttention(one) ? { failure: detail } : { skipped: detail }) };
      }),
    ),
};
