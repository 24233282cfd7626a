/** Bearer tokens by value, by reference, or from Microsoft Entra. */
import { isReference, type ResolveReference, type SecretReference } from "../core/connector/inputs";
import { judgeReference, looksLikeReference, referenceForms } from "../core/connector/references";
import { errorOf } from "../core/errors";
import type { Surroundings } from "../core/lifecycle";
import type { TokenSource } from "../http/auth";

/** How a token is come by. */
export type TokenCredential =
  | { readonly kind: "token"; readonly token: string }
  | {
      readonly kind: "reference";
      readonly reference: SecretReference;
      /** The setting that it stands in, for a message. */
      readonly setting: string;
    }
  | {
      readonly kind: "entra";
      readonly scope: string;
      /** The setting that takes a token instead, for a message. */
      readonly setting: string;
    };

/**
 * A token, or a reference to one, which travels as JSON: no token begins with a brace.
 *
 * @param name     of the setting, without `msem:`
 * @param problems gets what is wrong, without the text
 */
export function readTokenText(
  name: string,
  text: string,
  surroundings: Surroundings,
  problems: string[],
): TokenCredential | undefined {
  if (!text.startsWith("{")) return { kind: "token", token: text };
  const parsed = parseJson(text);
  if (!looksLikeReference(parsed)) {
    problems.push(`${name}: begins with a brace and is no reference: ${referenceForms}`);
    return undefined;
  }
  const found = judgeReference(name, parsed, surroundings);
  problems.push(...found.map(({ path, message }) => `${path}: ${message}`));
  return found.length === 0 && isReference(parsed)
    ? { kind: "reference", reference: parsed, setting: `msem:${name}` }
    : undefined;
}

export function tokenSource(credential: TokenCredential, resolve: ResolveReference): TokenSource {
  switch (credential.kind) {
    case "token":
      return async () => credential.token;
    case "reference":
      return keptToken(() =>
        resolve(credential.reference).catch((error: unknown) => {
          throw errorOf(credential.setting, error);
        }),
      );
    case "entra": {
      // Loaded late: it is large, and most runs have a token.
      const { entraToken } = require("./entra") as typeof import("./entra");
      return entraToken(credential.scope, credential.setting);
    }
  }
}

/** A vault or a command is asked once, and again when the service refuses the token. */
function keptToken(obtain: () => Promise<string>): TokenSource {
  let kept: Promise<string> | undefined;
  return (options) => {
    if (kept !== undefined && options?.refresh !== true) return kept;
    const asked = obtain();
    kept = asked;
    // A failure is not kept: the next request asks anew.
    asked.catch(() => {
      if (kept === asked) kept = undefined;
    });
    return asked;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
