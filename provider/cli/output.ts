/** What all commands share: streams that tests can replace, exit codes, colour, and how an error is shown. */
import { MsemError, shownMessage } from "../core/errors";

/** Exit codes of every command. */
export const exitCodes = {
  /** In sync, or nothing to do. */
  ok: 0,
  /** The command could not do its work: bad input, wrong usage. */
  error: 1,
  /** The command did its work and found drift, changes, or what else needs attention. */
  drift: 2,
  /** A guard or a rule holds: nothing was changed. */
  refused: 3,
} as const;

/** A stream to write to. */
export interface Output {
  write(text: string): unknown;
  /** Whether a person looks at it. */
  readonly isTTY?: boolean;
}

/** The surroundings of a command. */
export interface CommandIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Words in colour, where colour is wanted. It is never the only carrier of meaning. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

/** Colour only on a terminal, and not with a non-empty `NO_COLOR` or `TERM=dumb`. */
export function styleFor(output: Output, env: CommandIo["env"]): Style {
  const colour = output.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: paint(32), bad: paint(31), dim: paint(2) };
}

/** `1 prefix`, `1,234 prefixes`. */
export function counted(count: number | bigint, one: string, many: string): string {
  return `${grouped(count)} ${Number(count) === 1 ? one : many}`;
}

/** A whole number with commas between thousands. Not `toLocaleString`: its first call loads the world's languages. */
export function grouped(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Runs a command; an error becomes one message on stderr and exit code 1, a refusal 3. */
export async function guarded(io: CommandIo, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    io.stderr.write(`${describeError(error, styleFor(io.stderr, io.env))}\n`);
    return error instanceof MsemError && error.code === "MSEM_REFUSED" ? exitCodes.refused : exitCodes.error;
  }
}

/** What we threw on purpose is shown as it is; anything else is our mistake, and its stack helps to report it. */
export function describeError(error: unknown, style: Style): string {
  const stack = error instanceof Error ? error.stack : undefined;
  return `${style.bad("error:")} ${shownMessage(error, stack)}`;
}
