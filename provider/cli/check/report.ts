/** What was asked of `msem check` and what it found: what every form of its output is made of. */
import type { Format, Judgement, Model } from "../../core/allowlist/index";
import type { ResolvedTag } from "../../core/servicetags/index";
import type { DesiredOptions } from "../desired";

export type CheckFormat = "text" | "json" | "markdown" | "sarif" | "junit";

export interface CheckArguments extends DesiredOptions {
  readonly files: readonly string[];
  /** Id of the format; absent: by content. */
  readonly vendor?: string;
  /** Names of lists whose members are judged. */
  readonly list?: readonly string[];
  /** A rule or a list of rules; neither: everything inbound. */
  readonly rule?: string;
  readonly format: CheckFormat;
  /** Lists are not cut. */
  readonly verbose: boolean;
}

/** One judged file. */
export interface CheckedFile {
  readonly file: string;
  readonly format: Format;
  readonly model: Model;
  readonly judgement: Judgement;
  readonly warnings: readonly string[];
}

export interface Report {
  readonly args: CheckArguments;
  readonly resolved: ResolvedTag;
  readonly files: readonly CheckedFile[];
}
