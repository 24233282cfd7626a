/** From a file to one resolved tag. Loads zod, so it is required only when ranges are asked for. */
import { parseServiceTags, type ResolvedTag, resolveServiceTag } from "../core/servicetags/index";
import { readText } from "./readText";

/** One service tag out of a weekly file or a file with a single tag object. @throws MsemError `MSEM_INVALID` */
export async function resolveFile(path: string, serviceTag: string): Promise<ResolvedTag> {
  return resolveServiceTag(parseServiceTags(await readText(path), path), serviceTag);
}
