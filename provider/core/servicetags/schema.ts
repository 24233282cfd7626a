/**
 * The JSON of Microsoft's weekly "Azure IP Ranges and Service Tags" file, of the Azure API's answer, and of a single tag
 * object out of either. Strict in what we use, tolerant in the rest: old files lack `regionId` and `networkFeatures`, and
 * new ones may add fields.
 */
import { z } from "zod";

const changeNumber = z.int().nonnegative();

/** The Azure API writes its numbers as text. Fifteen digits are exact as a number. */
const changeNumberText = z
  .string()
  .regex(/^\d{1,15}$/, "must be a whole number, written as text")
  .transform(Number);

/** A tag, as a source that writes its change numbers like this has it. */
function tagSchema<Output>(number: z.ZodType<Output>) {
  return z.looseObject({
    name: z.string().min(1),
    id: z.string().optional(),
    properties: z.looseObject({
      /** Rises whenever the prefixes of this tag change; independent of the file's number. */
      changeNumber: number,
      /** Empty for a tag that is not regional. */
      region: z.string().optional(),
      platform: z.string().optional(),
      systemService: z.string().optional(),
      addressPrefixes: z.array(z.string()),
      networkFeatures: z.array(z.string()).nullish(),
    }),
  });
}

/** The weekly file's tag. */
export const serviceTagSchema = tagSchema(changeNumber);

/** The Azure API's tag. */
export const apiTagSchema = tagSchema(changeNumberText);

/** The file around the tags. The tags are judged one by one when asked for: a file has 3,000 with 90,000 prefixes. */
export const serviceTagFileSchema = z.looseObject({
  /** Rises whenever any tag of the file changes. The Azure API counts differently; the two are never compared. */
  changeNumber,
  /** `Public`, `AzureGovernment`, `China`, … */
  cloud: z.string().min(1),
  values: z.array(z.looseObject({ name: z.string().min(1) })),
});

/** The Azure API's answer, or one page of it. */
export const apiAnswerSchema = z.looseObject({
  changeNumber: changeNumberText,
  cloud: z.string().min(1),
  values: z.array(z.looseObject({ name: z.string().min(1) })),
  /** Where the next page is, while there is one. */
  nextLink: z.string().nullish(),
});
