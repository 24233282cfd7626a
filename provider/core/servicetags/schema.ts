/**
 * The JSON of Microsoft's weekly "Azure IP Ranges and Service Tags" file, and of a single tag object out of it. Strict in
 * what we use, tolerant in the rest: old files lack `regionId` and `networkFeatures`, and new ones may add fields.
 */
import { z } from "zod";

const changeNumber = z.int().nonnegative();

export const serviceTagSchema = z.looseObject({
  name: z.string().min(1),
  id: z.string().optional(),
  properties: z.looseObject({
    /** Rises whenever the prefixes of this tag change; independent of the file's number. */
    changeNumber,
    /** Empty for a tag that is not regional. */
    region: z.string().optional(),
    platform: z.string().optional(),
    systemService: z.string().optional(),
    addressPrefixes: z.array(z.string()),
    networkFeatures: z.array(z.string()).nullish(),
  }),
});

/** The file around the tags. The tags are judged one by one when asked for: a file has 3,000 with 90,000 prefixes. */
export const serviceTagFileSchema = z.looseObject({
  /** Rises whenever any tag of the file changes. The Azure API counts differently; the two are never compared. */
  changeNumber,
  /** `Public`, `AzureGovernment`, `China`, … */
  cloud: z.string().min(1),
  values: z.array(z.looseObject({ name: z.string().min(1) })),
});

/** A path as users read it: `values[3].properties.addressPrefixes[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}
