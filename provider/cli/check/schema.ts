/** The JSON of `msem check --format json`: stable and versioned. Keys are added, never renamed or removed. */
import { z } from "zod";

const count = z.int().nonnegative();
const line = z.int().positive().nullable().describe("Line in the file, counted from 1");
const path = z
  .string()
  .nullable()
  .describe("Where the entry stands: groups from the outermost, or a path in a document");

export const verdictSchema = z.enum([
  "present",
  "covered",
  "partial",
  "missing",
  "shadowed",
  "undecided",
  "unsupported",
]);
export const extraVerdictSchema = z.enum(["stale", "foreign", "overbroad", "duplicate"]);

const evidence = z.strictObject({ entry: z.string(), line, path, why: z.string().optional() });

export const checkDocumentSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    file: z.string(),
    vendor: z.string().describe("Id of the format"),
    list: z.string().nullable().describe("The list that was asked for, several joined by a comma"),
    rule: z.string().nullable().describe("The rule or list of rules that was asked for"),
    tag: z.string(),
    changeNumber: count,
    inSync: z.boolean().describe("All prefixes that the format can hold are present or covered"),
    summary: z.strictObject({
      desired: count.describe("Sum of the next seven"),
      present: count,
      covered: count,
      partial: count,
      missing: count,
      shadowed: count,
      undecided: count,
      unsupported: count,
      stale: count,
      foreign: count,
      overbroad: count,
      duplicate: count,
    }),
    prefixes: z
      .array(z.strictObject({ prefix: z.string(), verdict: verdictSchema, by: z.array(evidence) }))
      .describe("The desired prefixes, canonical and sorted"),
    extra: z
      .array(z.strictObject({ entry: z.string(), verdict: extraVerdictSchema, line, path }))
      .describe("Entries that the desired prefixes do not account for"),
    rules: z.array(evidence).describe("The rules that were judged; empty for a list"),
    capacity: z.strictObject({
      families: z.array(z.enum(["ipv4", "ipv6"])),
      longest: z
        .strictObject({ ipv4: count.nullable(), ipv6: count.nullable() })
        .describe("Longest prefix; null: no such family"),
      entries: count.describe("Entries in the list now"),
      additional: count.describe("Entries that the change would add"),
      limit: count.nullable().describe("Null: none is known"),
      fits: z.boolean(),
    }),
    warnings: z.array(z.string()),
  })
  .meta({ title: "msem check", description: "Verdict on one configuration; several files give an array of them" });

export type CheckDocument = z.infer<typeof checkDocumentSchema>;

/** The JSON schema of the output: one document, or an array when several files were judged. */
export function renderCheckSchema(): unknown {
  return z.toJSONSchema(z.union([checkDocumentSchema, z.array(checkDocumentSchema)]), { target: "draft-2020-12" });
}
