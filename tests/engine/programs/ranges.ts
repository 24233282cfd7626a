/** The program of the engine tests of ranges: a guarded list, and a connector that shows what it was told of it. */
import * as msem from "pulumi-msem";

export interface RangesProgram {
  /** A stand-in for the download center. */
  readonly endpoint: string;
  /** Of this run: another one is a later run, whose 15 minutes are over. */
  readonly cacheFolder: string;
  /** The day on which the program runs. */
  readonly today: string;
  readonly serviceTag?: string;
  readonly guards?: msem.GuardOptions;
}

export function program({ endpoint, cacheFolder, today, serviceTag, guards }: RangesProgram): Record<string, unknown> {
  process.env.MSEM_CACHE_DIR = cacheFolder;
  const clock = Date.now;
  // The day is read when the list is asked for, and only then.
  Date.now = () => Date.parse(`${today}T12:00:00Z`);
  const scuba = new msem.ServiceTagRanges("scuba", {
    source: msem.downloadCenter({ endpoint }),
    ...(serviceTag === undefined ? {} : { serviceTag }),
    ...(guards === undefined ? {} : { guards }),
  });
  Date.now = clock;
  new msem.TenableConnector("consumer", {
    accessKey: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    secretKey: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    description: scuba.ranges.apply(
      ({ changeNumber, prefixes }) => `change ${changeNumber} with ${Object.keys(prefixes).length}`,
    ),
  });
  return { changeNumber: scuba.changeNumber, ipv4: scuba.ipv4, ipv6: scuba.ipv6, prefixes: scuba.prefixes };
}
