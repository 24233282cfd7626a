/** Where commands get the desired prefixes from. The one place that knows what `--ranges` and `--previous` may name. */
import type { Prefix } from "../core/ip/index";
import type { ResolvedTag } from "../core/servicetags/index";
import { resolveFile } from "../ranges/resolve";

/** The published ranges. @throws MsemError `MSEM_INVALID` */
export function resolveRanges(source: string, tag: string): Promise<ResolvedTag> {
  return resolveFile(source, tag);
}

/** All prefixes of earlier lists: what an entry may be left over from. @throws MsemError `MSEM_INVALID` */
export async function previousPrefixes(sources: readonly string[], tag: string): Promise<Prefix[]> {
  const lists: Prefix[] = [];
  // One after the other: weekly files are large, and there are few of them.
  for (const source of sources) lists.push(...(await resolveRanges(source, tag)).prefixes);
  return lists;
}
