/**
 * JSON held against the schemas. What the weekly file has is first looked at without them: loading zod takes twice as long
 * as all else that `msem check` does with a small list, and a file is as it should be nearly always. One that is not goes
 * to the schema, which knows what is wrong and where. A test holds both against each other.
 */
import type { z } from "zod";
import { MsemError } from "../errors";
import type { Problem } from "../lifecycle";
import { formatPath } from "./path";
import type { apiAnswerSchema, serviceTagFileSchema, serviceTagSchema } from "./schema";

export type ServiceTag = z.infer<typeof serviceTagSchema>;
export type ServiceTagFile = z.infer<typeof serviceTagFileSchema>;
export type ApiAnswer = z.infer<typeof apiAnswerSchema>;

/**
 * Who counted. The weekly file and the Azure API count on their own, so that equal numbers mean nothing and a lower one of
 * the other is no step back.
 */
export type CounterKind = "file" | "api";

type Json = Readonly<Record<string, unknown>>;

export function isRecord(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

const isText = (json: unknown): json is string => typeof json === "string";
const isNamed = (json: unknown): boolean => isRecord(json) && isText(json.name) && json.name !== "";
const isCount = (json: unknown): boolean => Number.isSafeInteger(json) && (json as number) >= 0;
const isTextOrAbsent = (json: unknown): boolean => json === undefined || isText(json);
const isTexts = (json: unknown): boolean => Array.isArray(json) && json.every(isText);

/** As `serviceTagSchema`. */
export function isServiceTag(json: unknown): json is ServiceTag {
  if (!isRecord(json) || !isNamed(json) || !isTextOrAbsent(json.id) || !isRecord(json.properties)) return false;
  const { changeNumber, region, platform, systemService, addressPrefixes, networkFeatures } = json.properties;
  return (
    isCount(changeNumber) &&
    [region, platform, systemService].every(isTextOrAbsent) &&
    isTexts(addressPrefixes) &&
    (networkFeatures === undefined || networkFeatures === null || isTexts(networkFeatures))
  );
}

/** As `serviceTagFileSchema`. */
export function isServiceTagFile(json: unknown): json is ServiceTagFile {
  return (
    isRecord(json) &&
    isCount(json.changeNumber) &&
    isText(json.cloud) &&
    json.cloud !== "" &&
    Array.isArray(json.values) &&
    json.values.every(isNamed)
  );
}

const schemas = () => require("./schema") as typeof import("./schema");

/** @throws MsemError `MSEM_INVALID` with every problem and its path */
export function acceptTag(
  counter: CounterKind,
  json: unknown,
  path: readonly PropertyKey[],
  origin: string,
): ServiceTag {
  if (counter === "api") return accept(schemas().apiTagSchema, json, path, origin);
  return isServiceTag(json) ? json : accept(schemas().serviceTagSchema, json, path, origin);
}

/** A weekly file, or an answer of the API. @throws MsemError `MSEM_INVALID` with every problem and its path */
export function acceptFile(counter: CounterKind, json: unknown, origin: string): ServiceTagFile | ApiAnswer {
  if (counter === "api") return accept(schemas().apiAnswerSchema, json, [], origin);
  return isServiceTagFile(json) ? json : accept(schemas().serviceTagFileSchema, json, [], origin);
}

function accept<Output>(
  schema: z.ZodType<Output>,
  json: unknown,
  path: readonly PropertyKey[],
  origin: string,
): Output {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({
    path: formatPath([...path, ...issue.path]),
    message: issue.message,
  }));
  throw invalid(origin, problems);
}

const shownProblems = 50;

/** One error for all problems of a file. Past 50 they are counted: a file of another kind would give thousands. */
export function invalid(origin: string, problems: readonly Problem[], hint?: string): MsemError {
  const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
  const lines = problems.slice(0, shownProblems).map(({ path, message }) => `\n  ${path}: ${message}`);
  const rest = problems.length > shownProblems ? `\n  … and ${problems.length - shownProblems} more` : "";
  return new MsemError("MSEM_INVALID", `${origin} has ${count}${lines.join("")}${rest}`, { hint });
}
