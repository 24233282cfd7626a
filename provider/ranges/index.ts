/**
 * The published address ranges for programs. Loading this module is cheap, because everybody who imports the package
 * loads it: what parses (zod among it) is loaded at the first call.
 */
import { MsemError } from "../core/errors";

/** The tag of the addresses from which Microsoft's pollers call customers' systems. */
export const defaultServiceTag = "Scuba";

/** A file on this machine. Made by {@link file}. */
export interface FileSource {
  readonly kind: "file";
  readonly path: string;
}

/** Where ranges come from. */
export type RangeSource = FileSource;

/** What {@link getScubaRanges} takes. */
export interface ScubaRangesOptions {
  readonly source: RangeSource;
  /** Name of the service tag, without regard to case. Default: `Scuba`. */
  readonly serviceTag?: string;
}

/** The prefixes of one service tag. Canonical text (RFC 5952), sorted, each once, not merged. */
export interface ScubaRanges {
  /** The tag's name as Microsoft writes it. */
  readonly serviceTag: string;
  /** `Public`, `AzureGovernment` or `China`; absent when the source is a single tag object. */
  readonly cloud?: string;
  /** The tag's change number: it rises whenever its prefixes change. */
  readonly changeNumber: number;
  /** The weekly file's change number; absent when the source is a single tag object. */
  readonly fileChangeNumber?: number;
  /** Both families, IPv4 first. */
  readonly prefixes: readonly string[];
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/**
 * A weekly "Azure IP Ranges and Service Tags" file, or a file with a single tag object out of one.
 *
 * @param path relative to the working directory: in a Pulumi program the folder of `Pulumi.yaml`
 */
export function file(path: string): FileSource {
  return { kind: "file", path };
}

/**
 * The addresses from which Microsoft calls your systems, out of a published file. They are shared with other tenants:
 * letting them through does not authenticate anybody.
 *
 * ```ts
 * const scuba = await getScubaRanges({ source: file("ServiceTags_Public_20251028.json") });
 * ```
 *
 * @throws MsemError `MSEM_INVALID` when the file cannot be read, is not service tags, lacks the tag, or has it empty (an
 * empty tag never means "remove all"); all problems at once, with their paths
 * @see https://learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
export async function getScubaRanges(options: ScubaRangesOptions): Promise<ScubaRanges> {
  const { path, serviceTag } = judgeOptions(options);
  // `import()` would need file extensions here, which the sources do not write; `require` is as lazy.
  const { resolveFile } = require("./resolve") as typeof import("./resolve");
  const { formatPrefix } = require("../core/ip/index") as typeof import("../core/ip/index");
  const { prefixes, notes: _notes, ...origin } = await resolveFile(path, serviceTag);
  const texts = (family: "ipv4" | "ipv6"): string[] =>
    prefixes.filter((prefix) => prefix.family === family).map(formatPrefix);
  return { ...origin, prefixes: prefixes.map(formatPrefix), ipv4: texts("ipv4"), ipv6: texts("ipv6") };
}

/** Programs in plain JavaScript have no types to keep them from leaving something out. */
function judgeOptions(options: Partial<ScubaRangesOptions> | undefined): { path: string; serviceTag: string } {
  const { source, serviceTag = defaultServiceTag } = options ?? {};
  if (source?.kind !== "file" || typeof source.path !== "string" || source.path === "") {
    throw new MsemError("MSEM_INVALID", "source: say where the ranges come from", {
      hint: 'For example getScubaRanges({ source: file("ServiceTags_Public_20251028.json") }).',
    });
  }
  if (typeof serviceTag !== "string" || serviceTag === "") {
    throw new MsemError("MSEM_INVALID", "serviceTag: must be the name of a service tag", {
      hint: `Leave it out for ${defaultServiceTag}.`,
    });
  }
  return { path: source.path, serviceTag };
}
