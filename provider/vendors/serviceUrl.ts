import { z } from "zod";
import { type Field, field } from "../core/connector/define";
import { MsemError } from "../core/errors";
import { parseEndpoint } from "../http/endpoint";

/**
 * Where a product's API is, as we call it ourselves: an `https` URL. Plain http is for this machine only, where an
 * emulated product may stand.
 */
export function serviceUrl(options: Pick<Field, "displayName" | "description" | "example">): Field {
  return field({ ...options, format: "url", schema: urlSchema });
}

const urlSchema = z.string().superRefine((value, context) => {
  try {
    parseEndpoint(value);
  } catch (error) {
    const message = error instanceof MsemError ? (error.message.split("\n")[0] ?? "") : "is no URL";
    context.addIssue({ code: "custom", message: message.replace(/^MSEM_CONFIGURATION The endpoint /, "") });
  }
});

/** Host, and port where it is not the usual one, of a checked service URL. */
export function placeOf(url: string): string {
  return new URL(url).host;
}
