import * as pulumi from "@pulumi/pulumi";
import { shownMessage } from "../core/errors";
import { type Cloud, type RangeSource, getScubaRanges as resolve, type ScubaRanges } from "../ranges";

export type {
  Cloud,
  DownloadCenterOptions,
  RangeSource,
  ScubaRanges,
  ServiceTagApiOptions,
  TokenReference,
} from "../ranges";
export { downloadCenter, file, serviceTagApi, url } from "../ranges";

/** Where the ranges come from, and which tag. Plain values: the program resolves them itself, before any resource. */
export interface ScubaRangesArgs {
  /**
   * `downloadCenter()`, `serviceTagApi({ … })`, `url("https://…")`, or `file("…")`: Microsoft's weekly "Azure IP Ranges and
   * Service Tags" file, an answer of the Azure API, or a single tag object.
   * @default `downloadCenter({ cloud })`
   */
  source?: RangeSource;
  /** Which cloud's list. @default "Public", or what the source has */
  cloud?: Cloud;
  /** @default "Scuba" */
  serviceTag?: string;
}

/**
 * The addresses that Microsoft's pollers come from. Runs in the program, so that a preview knows them. Unguarded: what is
 * published today is what you get; `ServiceTagRanges` remembers and judges.
 *
 * @throws pulumi.RunError, a clean line, when the source does not answer or the tag is missing or empty.
 */
export async function getScubaRanges(args: ScubaRangesArgs = {}): Promise<ScubaRanges> {
  return cleanly(() => resolve(args));
}

/** An error of ours ends the program with its message alone, not with a stack. */
export async function cleanly<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw new pulumi.RunError(shownMessage(error));
  }
}
