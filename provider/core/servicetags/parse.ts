/** From the text of a file to its tags, or to one error that says what kind of file this is instead. */
import { MsemError } from "../errors";
import { acceptFile, acceptTag, type CounterKind, isRecord } from "./accept";

/** A tag as it stands in the file, not judged yet but for its name. */
export interface RawTag {
  readonly name: string;
  /** Where it stands: `values[7]`; empty for a single tag object. */
  readonly path: readonly PropertyKey[];
  readonly json: unknown;
}

/** A weekly file, an answer of the Azure API, or a single tag object out of either. */
export interface ServiceTagDocument {
  /** What to call the file in messages. */
  readonly origin: string;
  readonly counter: CounterKind;
  /** `Public`, `AzureGovernment`, `China`, …; a single tag object does not tell. */
  readonly cloud?: string;
  /** The file's (or the answer's) own change number; a single tag object has none. */
  readonly fileChangeNumber?: number;
  /** The next page of an API answer: without it tags are missing. */
  readonly nextLink?: string;
  readonly tags: readonly RawTag[];
}

const downloadHint =
  'Download it from Microsoft\'s page "Azure IP Ranges and Service Tags" and give the JSON file as it is.';

/**
 * Reads the text of a weekly file, of an answer of the Azure API, or of a single tag object out of either. A byte order
 * mark is ignored.
 *
 * @param text   the whole file
 * @param origin what to call the file in messages
 * @throws MsemError `MSEM_INVALID` when it is empty, a web page, not JSON, or JSON of another shape; with all problems
 */
export function parseServiceTags(text: string, origin: string): ServiceTagDocument {
  const json = parseJson(text.startsWith("\ufeff") ? text.slice(1) : text, origin);
  if (isRecord(json) && "properties" in json && !("values" in json)) {
    const counter = counterOf(isRecord(json.properties) ? json.properties.changeNumber : undefined);
    const tag = acceptTag(counter, json, [], origin);
    return { origin, counter, tags: [{ name: tag.name, path: [], json }] };
  }
  if (!isRecord(json) || !("values" in json)) {
    throw new MsemError(
      "MSEM_INVALID",
      `${origin} is JSON, but not service tags: neither a file {changeNumber, cloud, values} nor a tag {name, properties}`,
      { hint: downloadHint },
    );
  }
  const counter = counterOf(json.changeNumber);
  const file = acceptFile(counter, json, origin);
  const nextLink = typeof file.nextLink === "string" && file.nextLink !== "" ? file.nextLink : undefined;
  return {
    origin,
    counter,
    cloud: file.cloud,
    fileChangeNumber: file.changeNumber,
    ...(nextLink === undefined ? {} : { nextLink }),
    tags: file.values.map((value, index) => ({ name: value.name, path: ["values", index], json: value })),
  };
}

/** The API writes its numbers as text, the file as numbers: nothing else tells their answers apart for certain. */
function counterOf(changeNumber: unknown): CounterKind {
  return typeof changeNumber === "string" ? "api" : "file";
}

function parseJson(text: string, origin: string): unknown {
  const start = text.trimStart().slice(0, 1);
  if (start === "") throw new MsemError("MSEM_INVALID", `${origin} is empty`, { hint: downloadHint });
  if (start === "<") {
    throw new MsemError("MSEM_INVALID", `${origin} is a web page (HTML), not JSON: the page was saved, not the file`, {
      hint: downloadHint,
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The engine's own message quotes the text, which may be a file that was never meant for us. Only where is kept.
    const message = error instanceof Error ? error.message : "";
    if (/end of JSON|unterminated/i.test(message)) {
      throw new MsemError("MSEM_INVALID", `${origin} is cut off: the JSON ends too early`, { hint: downloadHint });
    }
    const where = /\(line \d+ column \d+\)/.exec(message)?.[0];
    throw new MsemError("MSEM_INVALID", `${origin} is not JSON${where === undefined ? "" : ` ${where}`}`, {
      hint: downloadHint,
    });
  }
}
