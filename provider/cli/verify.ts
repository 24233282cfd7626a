/** `msem verify`: do the products accept the connectors' credentials, and give what the connectors read? */
import { setTimeout as sleep } from "node:timers/promises";
import { MsemError } from "../core/errors";
import type { PreflightReport } from "../core/preflight";
import { createResolver } from "../credentials";
import { preflightOf } from "../vendors/preflights";
import { runPreflight } from "../vendors/runPreflight";
import { type CommandIo, exitCodes, guarded, styleFor } from "./output";
import { exportStack } from "./stack";
import { intro, renderJson, renderJUnit, renderText, type Verified, verdictOf } from "./verifyReport";
import { type Subject, subjectFromFlags, subjectsFromExport, subjectsFromFile } from "./verifySubjects";

export const verifyFormats = ["text", "json", "junit"] as const;
export type VerifyFormat = (typeof verifyFormats)[number];

/** Which connectors are meant: exactly one way. */
export interface WhichConnectors {
  readonly connector?: string;
  readonly setting: readonly string[];
  readonly secretEnv: readonly string[];
  readonly file?: string;
  /** `true` for the selected stack. */
  readonly stack?: string | true;
}

export interface VerifyArguments extends WhichConnectors {
  readonly format: VerifyFormat;
  /** What is inconclusive or not checked needs no attention. */
  readonly allowInconclusive: boolean;
}

/** Products that are asked at the same time. */
const concurrency = 4;

/** Prints what was found and resolves to the exit code: 0 all ok, 2 attention needed, 1 with a message on stderr. */
export function runVerify(args: VerifyArguments, io: CommandIo): Promise<number> {
  return guarded(io, async () => {
    const subjects = await subjectsOf(args, io);
    if (args.format === "text") io.stdout.write(intro(subjects.length));
    const verified = await verifyAll(subjects, io);
    const attention = verified.filter((one) => needsAttention(one, args));
    const style = styleFor(io.stdout, io.env);
    const render = {
      text: () => (verified.length === 0 ? "There is nothing to check.\n" : renderText(verified, attention, style)),
      json: () => renderJson(verified, attention),
      junit: () => renderJUnit(verified, attention),
    };
    io.stdout.write(render[args.format]());
    return attention.length === 0 ? exitCodes.ok : exitCodes.drift;
  });
}

async function subjectsOf(args: VerifyArguments, { env }: CommandIo): Promise<Subject[]> {
  const { connector, file, stack, setting, secretEnv } = args;
  checkOneWay(args);
  if (connector !== undefined) return subjectFromFlags({ connector, setting, secretEnv }, env);
  if (setting.length + secretEnv.length > 0) {
    throw new MsemError("MSEM_INVALID", "--setting and --secret-env belong to --connector");
  }
  if (file !== undefined) return subjectsFromFile(file, env);
  return subjectsFromExport(await exportStack(stack === true ? undefined : stack, env), env);
}

/** @throws MSEM_INVALID */
export function checkOneWay({ connector, file, stack }: WhichConnectors): void {
  const ways = [connector, file, stack].filter((way) => way !== undefined).length;
  if (ways !== 1) throw new MsemError("MSEM_INVALID", "give one of --connector, --file and --stack");
}

async function verifyAll(subjects: readonly Subject[], io: CommandIo): Promise<Verified[]> {
  const verified: Verified[] = [];
  const waiting = [...subjects.entries()];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, subject] = next;
      const one = { subject, report: await reportOn(subject, io) };
      verified[index] = one;
      done += 1;
      io.stderr.write(`[${done}/${subjects.length}] ${subject.name}: ${verdictOf(one)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, subjects.length) }, work));
  return verified;
}

async function reportOn({ descriptor, inputs }: Subject, { env }: CommandIo): Promise<PreflightReport | undefined> {
  if (inputs === undefined) return undefined;
  return runPreflight(preflightOf(descriptor.type), inputs, {
    environment: (name) => env[name],
    resolve: createResolver({ environment: (name) => env[name] }),
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
  });
}

function needsAttention(one: Verified, { allowInconclusive }: VerifyArguments): boolean {
  const verdict = verdictOf(one);
  if (verdict === "ok") return false;
  return !(allowInconclusive && (verdict === "inconclusive" || verdict === "notChecked"));
}
