/** What a suite of the bench takes and gives. */
import type { Line } from "./table.ts";

export interface SuiteSettings {
  /** Leave out what takes longest. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface SuiteResult {
  /** What stands above the table, in one sentence. */
  readonly heading: string;
  readonly lines: readonly Line[];
  /** What stands below it, one sentence each. */
  readonly remarks: readonly string[];
  /** Every single measurement. */
  readonly details: unknown;
  /** What must not be, one sentence each: the bench ends with exit code 1, after its report. Absent: nothing. */
  readonly failures?: readonly string[];
}

export interface Suite {
  /** As on the command line. */
  readonly name: string;
  /** @throws Error when something broke, or did not do its work: a fast failure must not count. */
  measure(settings: SuiteSettings): Promise<SuiteResult>;
}
