/**
 * The published address ranges for programs. Loading this module is cheap, because everybody who imports the package
 * loads it: what parses and what asks servers is loaded at the first call.
 */
import { MsemError } from "../core/errors";
import { type Cloud, clouds, downloadCenter, type RangeSource, type WantedRanges } from "./sources";

export {
  type Cloud,
  clouds,
  type DownloadCenterOptions,
  type DownloadCenterSource,
  downloadCenter,
  type FileSource,
  file,
  type RangeSource,
  type ServiceTagApiOptions,
  type ServiceTagApiSource,
  serviceTagApi,
  type TokenReference,
  type UrlSource,
  url,
  type WantedRanges,
} from "./sources";

/** The tag of the addresses from which Microsoft's pollers call customers' systems. */
export const defaultServiceTag = "Scuba";

/** What {@link getScubaRanges} takes. */
export interface ScubaRangesOptions {
  /** Where the ranges come from. @default `downloadCenter({ cloud })`: Microsoft's weekly file */
  readonly source?: RangeSource;
  /** Which cloud's list: the weekly file's, when there is no `source`; checked against any other. @default "Public", or what the source has */
  readonly cloud?: Cloud;
  /** Name of the service tag, without regard to case. @default "Scuba" */
  readonly serviceTag?: string;
}

/** The prefixes of one service tag. Canonical text (RFC 5952), sorted, each once, not merged. */
export interface ScubaRanges {
  /** The tag's name as Microsoft writes it. */
  readonly serviceTag: string;
  /** `Public`, `AzureGovernment` or `China`; absent when the source is a single tag object. */
  readonly cloud?: string;
  /** Who counted: the weekly file (`file`) or the Azure API (`api`). Their numbers are never comparable. */
  readonly counter: "file" | "api";
  /** The tag's change number: it rises whenever its prefixes change. */
  readonly changeNumber: number;
  /** The weekly file's change number; absent when the source is a single tag object. */
  readonly fileChangeNumber?: number;
  /** The date in the weekly file's name, as `2025-11-03`. */
  readonly fileDate?: string;
  /** Both families, IPv4 first. */
  readonly prefixes: readonly string[];
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/**
 * The addresses from which Microsoft calls your systems. They are shared with other tenants: letting them through does not
 * authenticate anybody.
 *
 * A list that was fetched is kept on disk and used again for 15 minutes.
 *
 * ```ts
 * const scuba = await getScubaRanges();
 * const offline = await getScubaRanges({ source: file("ServiceTags_Public_20251028.json") });
 * ```
 *
 * @throws MsemError `MSEM_INVALID` when the file cannot be read, is not service tags, lacks the tag, or has it empty (an
 * empty tag never means "remove all"), all problems at once, with their paths; `MSEM_NETWORK`, `MSEM_TIMEOUT`,
 * `MSEM_NOT_FOUND`, `MSEM_PROTOCOL` and the like when a server does not give the list
 * @see https://learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
export async function getScubaRanges(options: ScubaRangesOptions = {}): Promise<ScubaRanges> {
  const wanted = judgeOptions(options);
  // `import()` would need file extensions here, which the sources do not write; `require` is as lazy.
  const { resolveRanges } = require("./resolve") as typeof import("./resolve");
  const { formatPrefix } = require("../core/ip/index") as typeof import("../core/ip/index");
  const { prefixes, notes: _notes, provenance, ...origin } = await resolveRanges(wanted);
  const texts = (family: "ipv4" | "ipv6"): string[] =>
    prefixes.filter((prefix) => prefix.family === family).map(formatPrefix);
  return {
    ...origin,
    ...(provenance.fileDate === undefined ? {} : { fileDate: provenance.fileDate }),
    prefixes: prefixes.map(formatPrefix),
    ipv4: texts("ipv4"),
    ipv6: texts("ipv6"),
  };
}

/**
 * Programs in plain JavaScript have no types to keep them from writing something else. All problems at once.
 *
 * @throws MsemError `MSEM_INVALID`
 */
export function judgeOptions({ source, cloud, serviceTag = defaultServiceTag }: ScubaRangesOptions): WantedRanges {
  const problems: string[] = [];
  if (typeof serviceTag !== "string" || serviceTag === "") {
    problems.push(`serviceTag: must be the name of a service tag; leave it out for ${defaultServiceTag}`);
  }
  const named = isRecord(source) && "cloud" in source ? source.cloud : undefined;
  for (const [path, one] of [
    ["cloud", cloud],
    ["source.cloud", named],
  ] as const) {
    if (one !== undefined && !clouds.includes(one)) problems.push(`${path}: must be one of ${clouds.join(", ")}`);
  }
  if (cloud !== undefined && named !== undefined && cloud !== named) {
    problems.push(`cloud: is ${cloud}, but the source is of ${named}`);
  }
  if (source !== undefined && !isSource(source)) {
    problems.push('source: must be downloadCenter(), serviceTagApi({ … }), url("https://…") or file("…")');
  }
  if (problems.length > 0) {
    const list = problems.map((one) => `\n  ${one}`).join("");
    throw new MsemError("MSEM_INVALID", `the ranges cannot be resolved${list}`);
  }
  return {
    source: source ?? downloadCenter(cloud === undefined ? {} : { cloud }),
    serviceTag,
    ...(cloud === undefined ? {} : { cloud }),
  };
}

function isSource(source: unknown): source is RangeSource {
  if (!isRecord(source)) return false;
  const needed: Readonly<Record<string, readonly string[]>> = {
    file: ["path"],
    url: ["url"],
    downloadCenter: [],
    serviceTagApi: ["subscriptionId", "location"],
  };
  const fields = needed[String(source.kind)];
  return fields?.every((field) => typeof source[field] === "string" && source[field] !== "") ?? false;
}

function isRecord(value: unknown): value is Record<string, unknown> & { readonly cloud?: Cloud } {
  return typeof value === "object" && value !== null;
}
