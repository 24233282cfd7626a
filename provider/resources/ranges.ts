import * as pulumi from "@pulumi/pulumi";
import type { RangeSource, ScubaRanges } from "../ranges";

export type { RangeSource, ScubaRanges } from "../ranges";

/** Where the ranges come from, and which tag. */
export interface ScubaRangesArgs {
  /** `file(path)`: Microsoft's weekly "Azure IP Ranges and Service Tags" file, or a single tag object. */
  source: RangeSource;
  /** @default "Scuba" */
  serviceTag?: string;
}

/** A service-tag file on disk, relative to the program's working directory. */
export function file(path: string): RangeSource {
  return { kind: "file", path };
}

/**
 * The addresses that Microsoft's pollers come from. Runs in the program, so that a preview knows them.
 *
 * @throws pulumi.RunError, a clean line, when the file cannot be read or the tag is missing or empty.
 */
export async function getScubaRanges(args: ScubaRangesArgs): Promise<ScubaRanges> {
  // Loaded late: a program without ranges does not pay for the schemas.
  const { getScubaRanges: resolve } = require("../ranges") as typeof import("../ranges");
  try {
    return await resolve(args);
  } catch (error) {
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
