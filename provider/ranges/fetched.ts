/** What all sources that ask a server share. */
import { MsemError } from "../core/errors";
import type { CounterKind } from "../core/servicetags/accept";
import { parseServiceTags, type ServiceTagDocument } from "../core/servicetags/parse";
import type { DownloadSettings, Validators } from "../http/download";
import { decodeText } from "./readText";

/** What a source needs of the process. */
export interface Fetching {
  readonly environment: (name: string) => string | undefined;
  readonly settings: DownloadSettings;
  /** One line on what is being done, for people who wait. */
  readonly progress: (line: string) => void;
}

/** A document as it came, before it is kept. */
export interface Fetched {
  readonly text: string;
  readonly url: string;
  readonly validators: Validators;
}

/**
 * The text of an answer, when it is service tags; anything else is not kept.
 *
 * @throws MsemError MSEM_PROTOCOL, with what it is instead
 */
export function readAnswer(bytes: Uint8Array, origin: string, wanted: CounterKind | undefined): string {
  const text = decodeText(bytes);
  if (text === undefined) throw new MsemError("MSEM_PROTOCOL", `${origin}: this is not text`);
  const document = asAnswer(() => parseServiceTags(text, origin));
  if (wanted === "file" && document.counter !== "file") {
    throw new MsemError("MSEM_PROTOCOL", `${origin} is an answer of the Azure API, not the weekly file`);
  }
  return text;
}

/** The same findings, as a fault of the server instead of a mistake of the user. */
export function asAnswer(parse: () => ServiceTagDocument): ServiceTagDocument {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MsemError)) throw error;
    const [first = "", ...rest] = error.message.replace(/^MSEM_INVALID /, "").split("\n");
    const list = rest.filter((line) => line.trim() !== error.details.hint);
    throw new MsemError("MSEM_PROTOCOL", [first, ...list].join("\n"), {
      hint: "A proxy or a sign-in page may have answered instead. Run it again, or give a file.",
    });
  }
}

/** The value of an endpoint: option, environment variable, default. */
export function endpointOf(
  { environment }: Pick<Fetching, "environment">,
  option: string | undefined,
  variable: string,
  fallback: string,
): { readonly href: string; readonly given: boolean } {
  const given = option ?? (environment(variable) || undefined);
  return { href: given ?? fallback, given: given !== undefined };
}
