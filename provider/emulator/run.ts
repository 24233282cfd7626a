/** What `msem emulator` does, apart from the command line that starts it. */
import { type RoleName, roles } from "../connections/roles";
import { MsemError } from "../core/errors";
import { createEmulator, type Emulator } from "./index";

/** Options of the command; `state` is the path of the state file. */
export interface EmulatorCommandOptions {
  readonly port: number;
  readonly state?: string;
  readonly faults?: boolean;
  readonly json?: boolean;
}

/** What the command needs of the process that it runs in. */
export interface EmulatorCommandHost {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the process is told to stop. */
  stopped(): Promise<void>;
}

/** Exit code 0 after a clean stop, 1 when the emulator cannot start. */
export async function runEmulator(options: EmulatorCommandOptions, host: EmulatorCommandHost): Promise<number> {
  // Asked first: a signal that comes while the emulator starts must not kill it half-way.
  const stopped = host.stopped();
  let emulator: Emulator;
  try {
    emulator = await createEmulator({
      port: options.port,
      ...(options.state === undefined ? {} : { stateFile: options.state }),
      faults: options.faults ?? false,
      log: (line) => host.err(`${line}\n`),
    });
  } catch (error) {
    if (!(error instanceof MsemError)) throw error;
    host.err(`${error.message}\n`);
    return 1;
  }
  host.out(options.json === true ? formatJson(emulator) : formatTable(emulator, options));
  await stopped;
  await emulator.close();
  return 0;
}

/** One line for scripts. */
export function formatJson({ url, tokens }: Pick<Emulator, "url" | "tokens">): string {
  return `${JSON.stringify({ url, tokens })}\n`;
}

/** For people: where it listens, what it is not, and a token for each role. */
export function formatTable(
  { url, tokens }: Pick<Emulator, "url" | "tokens">,
  options: Pick<EmulatorCommandOptions, "faults">,
): string {
  const names = Object.keys(roles) as RoleName[];
  const width = Math.max(...names.map((role) => roles[role].displayName.length));
  return [
    `Emulator of the Connection API: ${url}`,
    "Not the real Microsoft service. The tokens are good here and nowhere else.",
    ...(options.faults === true ? ["Faults are enabled: every local caller may use /__admin."] : []),
    "",
    ...names.flatMap((role) => [
      `${roles[role].displayName.padEnd(width)}  ${roles[role].access.padEnd(5)}  ${tokens[role]}`,
    ]),
    "",
    "Stop it with Ctrl+C.",
    "",
  ].join("\n");
}
