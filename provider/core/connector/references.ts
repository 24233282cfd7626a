/** Judges references to secrets. Pure: nothing is fetched or run, and no message quotes what stands in a reference. */
import type { Problem, Surroundings } from "../lifecycle";
import { isUnknown } from "../unknown";
import { isRecord, isReferenceKind, type ReferenceKind, referenceKinds } from "./inputs";

/** Characters that a secret identifier may have; Key Vault's own names are far shorter. */
const identifierLimit = 512;

/** How references are written, for messages and docs. */
export const referenceForms =
  '{ fromEnvironment: "NAME" }, { fromKeyVault: "https://….vault.azure.net/secrets/…" }, { fromFile: "path" } or { fromCommand: ["program", "argument"] }';

/** True for what is meant as a reference, if perhaps a wrong one. */
export function looksLikeReference(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.keys(value).some(isReferenceKind);
}

/** Everything that keeps a reference from being resolved, as far as that can be told without asking anybody. */
export function judgeReference(
  path: string,
  reference: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): readonly Problem[] {
  const keys = Object.keys(reference);
  const [kind, ...more] = keys.filter(isReferenceKind);
  if (kind === undefined || more.length > 0 || keys.length > 1) {
    return [{ path, message: `must have exactly one of ${referenceKinds.join(", ")}, and nothing else` }];
  }
  const value = reference[kind];
  if (isUnknown(value)) return [];
  return judges[kind](value, surroundings).map(({ at, message }) => ({ path: at ? `${path}.${kind}` : path, message }));
}

/** `at`: the mistake is in the reference itself, not in what it leads to. */
interface Finding {
  readonly at: boolean;
  readonly message: string;
}

type JudgeOfKind = (value: unknown, surroundings: Surroundings) => readonly Finding[];

const judges: Readonly<Record<ReferenceKind, JudgeOfKind>> = {
  fromEnvironment: (variable, { environment }) => {
    // Not quoted: a secret that was put here by mistake must not be printed.
    if (typeof variable !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
      return [{ at: true, message: "must be the name of an environment variable" }];
    }
    const held = environment(variable);
    if (held !== undefined && held !== "") return [];
    const what = held === undefined ? "not set" : "empty";
    return [{ at: false, message: `the environment variable ${variable} is ${what} in the provider process` }];
  },
  fromKeyVault: (identifier) => {
    if (typeof identifier === "string" && parseSecretIdentifier(identifier) !== undefined) return [];
    return [
      {
        at: true,
        message:
          'must be a secret identifier, such as "https://contoso.vault.azure.net/secrets/scanner-password", with a version behind it or without',
      },
    ];
  },
  fromFile: (file, surroundings) => {
    if (typeof file !== "string" || file === "" || file.includes("\0")) {
      return [{ at: true, message: "must be the path of a file" }];
    }
    const trouble = surroundings.fileTrouble?.(file);
    return trouble === undefined ? [] : [{ at: false, message: `the file that fromFile names ${trouble}` }];
  },
  fromCommand: (words) => {
    const good =
      Array.isArray(words) &&
      words.length > 0 &&
      words[0] !== "" &&
      words.every((word) => isUnknown(word) || (typeof word === "string" && !word.includes("\0")));
    return good
      ? []
      : [{ at: true, message: 'must be a program and its arguments, such as ["op", "read", "op://vault/item/field"]' }];
  },
};

/** The parts of a secret identifier. */
export interface SecretIdentifier {
  /** Origin of the vault. */
  readonly vault: string;
  readonly name: string;
  readonly version?: string;
}

/** Undefined for what is none: other scheme, credentials or query in it, another kind of object, a bad name. */
export function parseSecretIdentifier(text: string): SecretIdentifier | undefined {
  const match = /^https:\/\/([a-z0-9.-]+(?::\d{1,5})?)\/secrets\/([0-9a-z-]{1,127})(?:\/([0-9a-f]{1,64}))?\/?$/i.exec(
    text,
  );
  const [, host, name, version] = match ?? [];
  if (text.length > identifierLimit || host === undefined || name === undefined) return undefined;
  return { vault: `https://${host.toLowerCase()}`, name, ...(version === undefined ? {} : { version }) };
}
