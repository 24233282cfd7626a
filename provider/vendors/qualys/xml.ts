/** Qualys's answers are XML in two forms; in both the code decides, not the HTTP status. */
import { XMLParser } from "fast-xml-parser";
import { isRecord } from "../../core/connector/inputs";

/** What an answer says: of the older API a number and a text, of the newer one a word and a message. */
export interface QualysAnswer {
  readonly root: string;
  readonly code?: string;
  readonly text?: string;
  readonly count?: number;
}

// The DTD that an answer names is not fetched, and entities that it declares are not expanded.
const parser = new XMLParser({ ignoreAttributes: true, processEntities: false, parseTagValue: false });

/** Undefined for what is no XML of Qualys. */
export function readQualysXml(text: string): QualysAnswer | undefined {
  let parsed: unknown;
  try {
    parsed = parser.parse(text);
  } catch {
    return undefined;
  }
  const simple = inner(parsed, "SIMPLE_RETURN", "RESPONSE");
  if (simple !== undefined)
    return { root: "SIMPLE_RETURN", ...optional("code", simple.CODE), ...optional("text", simple.TEXT) };
  const service = inner(parsed, "ServiceResponse");
  if (service !== undefined) {
    const count = /^\d{1,15}$/.test(String(service.count)) ? { count: Number(service.count) } : {};
    const message = inner(service, "responseErrorDetails")?.errorMessage;
    return {
      root: "ServiceResponse",
      ...optional("code", service.responseCode),
      ...optional("text", message),
      ...count,
    };
  }
  const list = inner(parsed, "KNOWLEDGE_BASE_VULN_LIST_OUTPUT");
  return list === undefined ? undefined : { root: "KNOWLEDGE_BASE_VULN_LIST_OUTPUT" };
}

function inner(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  let place: unknown = value;
  for (const name of path) place = isRecord(place) ? place[name] : undefined;
  return isRecord(place) ? place : undefined;
}

function optional<Name extends string>(name: Name, value: unknown): { readonly [N in Name]?: string } {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? {} : ({ [name]: text } as { readonly [N in Name]: string });
}
