/** Where secrets by reference and tokens come from on this machine. Every front end asks here and nowhere else. */
import type { ResolveReference, SecretReference } from "../core/connector/inputs";
import { parseSecretIdentifier } from "../core/connector/references";
import { MsemError } from "../core/errors";
import { runForSecret } from "./command";
import { readSecretFile } from "./file";

export { fileTrouble } from "./file";

export interface ResolverOptions {
  readonly environment: (name: string) => string | undefined;
  /** Folder that relative paths of `fromFile` start from, and that commands run in. @default the process's */
  readonly folder?: string;
  /** Milliseconds that a command or a vault may take. @default 30_000 */
  readonly limitMs?: number;
}

const defaultLimitMs = 30_000;

/** Resolves anew at every call: a secret that was rotated meanwhile is the new one. */
export function createResolver({ environment, folder, limitMs = defaultLimitMs }: ResolverOptions): ResolveReference {
  const from = folder ?? process.cwd();
  return async (reference) => {
    const secret = await obtain(reference, { environment, from, limitMs });
    if (secret !== "") return secret;
    throw new MsemError("MSEM_REFERENCE", `${nameOf(reference)} gives an empty text`);
  };
}

interface Place {
  readonly environment: ResolverOptions["environment"];
  readonly from: string;
  readonly limitMs: number;
}

async function obtain(reference: SecretReference, { environment, from, limitMs }: Place): Promise<string> {
  if ("fromEnvironment" in reference) return fromEnvironment(reference.fromEnvironment, environment);
  if ("fromFile" in reference) return readSecretFile(reference.fromFile, from);
  if ("fromCommand" in reference) return runForSecret(reference.fromCommand, { folder: from, limitMs });
  const identifier = parseSecretIdentifier(reference.fromKeyVault);
  if (identifier === undefined) {
    throw new MsemError("MSEM_REFERENCE", "fromKeyVault is not the identifier of a secret");
  }
  // Loaded late: the vault's client costs more than all else together.
  const { readVaultSecret } = require("./keyVault") as typeof import("./keyVault");
  return readVaultSecret(identifier, limitMs);
}

function fromEnvironment(variable: string, environment: ResolverOptions["environment"]): string {
  const value = environment(variable);
  if (value !== undefined) return value;
  throw new MsemError("MSEM_REFERENCE", `the environment variable ${variable} is not set in the provider process`, {
    hint: "Set it where `pulumi` runs.",
  });
}

function nameOf(reference: SecretReference): string {
  const [kind = ""] = Object.keys(reference);
  return kind;
}
