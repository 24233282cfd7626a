/** Sources of ranges as a command line names them. */
import { MsemError } from "../core/errors";
import { type Cloud, downloadCenter, file, judgeOptions, serviceTagApi, url, type WantedRanges } from "../ranges/index";
import { createResolver, type Resolver } from "../ranges/resolve";
import type { CommandIo } from "./output";

/** What all commands with ranges take. */
export interface SourceOptions {
  readonly tag: string;
  /** Checked against what the source has; of the download center, which file. */
  readonly cloud?: Cloud;
  /** For `serviceTagApi`. */
  readonly subscription?: string;
  readonly location?: string;
  /** Environment variable with a token for Azure Resource Manager. */
  readonly tokenVariable?: string;
}

/**
 * `downloadCenter`, `serviceTagApi`, an address, or a file.
 *
 * @throws MsemError MSEM_INVALID
 */
export function wantedRanges(text: string, options: SourceOptions): WantedRanges {
  const { tag: serviceTag, cloud } = options;
  const ofCloud = cloud === undefined ? {} : { cloud };
  const wanted = (source: WantedRanges["source"]): WantedRanges => judgeOptions({ source, serviceTag, ...ofCloud });
  if (text === "downloadCenter") return wanted(downloadCenter(ofCloud));
  if (text === "serviceTagApi") {
    const { subscription, location, tokenVariable } = options;
    if (subscription === undefined || location === undefined) {
      throw new MsemError("MSEM_INVALID", "the source serviceTagApi needs --subscription and --location", {
        hint: "For example: msem ranges --source serviceTagApi --subscription 00000000-0000-0000-0000-000000000000 --location westeurope",
      });
    }
    const token = tokenVariable === undefined ? {} : { token: { fromEnvironment: tokenVariable } };
    return wanted(serviceTagApi({ subscriptionId: subscription, location, ...ofCloud, ...token }));
  }
  return wanted(/^https?:\/\//i.test(text) ? url(text) : file(text));
}

/** Says on stderr what it is waiting for, so that stdout stays clean. */
export function commandResolver(io: CommandIo): Resolver {
  return createResolver({
    environment: (name) => io.env[name],
    progress: (line) => io.stderr.write(`${line} …\n`),
    warn: (line) => io.stderr.write(`warning: ${line}\n`),
  });
}
