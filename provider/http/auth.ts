/** Bearer tokens: asking for one, and the little that we read in it. */
import { MsemError } from "../core/errors";
import { cleanCause, createRedactor } from "./redact";

/**
 * Gives the access token of the moment. After a refusal (401) it is asked once more with `refresh`: a source with a
 * cache should then bypass it; one without may ignore the option.
 */
export type TokenSource = (options?: { readonly refresh?: boolean }) => Promise<string>;

/**
 * Asks the source, within a limit of time, and refuses what cannot stand in a header.
 * @throws MsemError MSEM_UNAUTHENTICATED when the source fails, MSEM_TIMEOUT, MSEM_CONFIGURATION for an unusable token
 */
export async function askToken(source: TokenSource, limitMs: number, refresh = false): Promise<string> {
  const token = await within(limitMs, () => (refresh ? source({ refresh: true }) : source()));
  if (token === "") throw unusable("is empty");
  // RFC 9110: anything else would be refused by Node, or worse, end the header early.
  if (!/^[\x21-\x7e]+$/.test(token)) throw unusable("holds white space or characters that a header cannot carry");
  return token;
}

async function within(limitMs: number, ask: () => Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new MsemError("MSEM_TIMEOUT", `The token source gave no access token within ${limitMs / 1_000} s.`));
    }, limitMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    if (error instanceof MsemError) throw error;
    throw new MsemError("MSEM_UNAUTHENTICATED", "No access token could be obtained.", {
      hint: "See the cause; check msem:token, MSEM_TOKEN or the Microsoft Entra sign-in.",
      cause: cleanCause(error, createRedactor()),
    });
  } finally {
    clearTimeout(timer);
  }
}

function unusable(what: string): MsemError {
  return new MsemError("MSEM_CONFIGURATION", `The access token ${what}.`, {
    hint: "Check msem:token or MSEM_TOKEN: a pasted token often drags a line break or quotes along.",
  });
}

/**
 * The tenant (`tid`) that a JWT says it is for; undefined for an opaque token. Nothing is verified: this guards against
 * mistakes, not against attacks.
 */
export function tenantIdOf(token: string): string | undefined {
  const tid = claimsOf(token)?.tid;
  return typeof tid === "string" && tid !== "" ? tid : undefined;
}

/** What a JWT says of itself, unverified; undefined for an opaque token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return isRecord(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
