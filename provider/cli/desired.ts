/** Where commands get the desired prefixes from. The one place that knows what `--ranges` and `--previous` may name. */
import type { Prefix } from "../core/ip/index";
import type { ResolvedTag } from "../core/servicetags/index";
import { type Resolver, resolveRanges } from "../ranges/resolve";
import { type SourceOptions, wantedRanges } from "./rangeSource";

/** What all commands take that hold something against published ranges. */
export interface DesiredOptions extends SourceOptions {
  /** `downloadCenter`, `serviceTagApi`, an address, or a file. */
  readonly ranges: string;
  /** Earlier lists, each from a source as well: entries from there are stale. */
  readonly previous: readonly string[];
}

export interface DesiredRanges {
  readonly resolved: ResolvedTag;
  /** All prefixes of earlier lists: what an entry may be left over from. */
  readonly previous: readonly Prefix[];
}

/** @throws MsemError when a source gives no list */
export async function desiredRanges(options: DesiredOptions, resolver: Resolver): Promise<DesiredRanges> {
  const resolved = await resolveRanges(wantedRanges(options.ranges, options), resolver);
  const previous: Prefix[] = [];
  // One after the other: weekly files are large, and there are few of them.
  for (const source of options.previous) {
    previous.push(...(await resolveRanges(wantedRanges(source, options), resolver)).prefixes);
  }
  return { resolved, previous };
}
