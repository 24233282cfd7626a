/** What the commands take, as commander gives it. */
import type { SourceOptions } from "../rangeSource";

export const planFormats = ["text", "json"] as const;
export type PlanFormat = (typeof planFormats)[number];

/** What says which list, and how it is reached. */
export interface ListArguments {
  readonly target: string;
  readonly state: string;
  /** Flag to value: settings, and names of environment variables. */
  readonly access: Readonly<Record<string, string>>;
  readonly experimental: boolean;
  readonly format: PlanFormat;
  readonly verbose: boolean;
}

/** What says what should be in it. */
export interface PlanArguments extends ListArguments, SourceOptions {
  /** A file, an address, `downloadCenter` or `serviceTagApi`. */
  readonly ranges: string;
  readonly mode: string;
  /** `ipv4`, `ipv6`, or both with a comma between. */
  readonly families: string;
  /** `PREFIX=WHY`, each. */
  readonly additional: readonly string[];
  readonly caller: readonly string[];
  readonly startEnforcement: boolean;
  readonly adopt: boolean;
  /** Marks our entries where the product has room for a mark. Default: the state file's name. */
  readonly name?: string;
  /** JSON of the guards' options. */
  readonly guards?: string;
  /** Single options of the guards, by their names; they win over `guards`. */
  readonly guardOptions: Readonly<Record<string, string | boolean>>;
  readonly acceptForeignRemovals?: string;
}

export interface ApplyArguments extends PlanArguments {
  /** What `plan` printed: another plan than that is refused. */
  readonly planDigest?: string;
  readonly yes: boolean;
}
