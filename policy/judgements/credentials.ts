/** Where a secret comes from, as far as that can be told from what the engine shows. */
import { type Inputs, isRecord, type Judgement, unknown } from "../subject";
import { connectorSecrets, targetSecrets } from "./secretFields";

/** `other` is any value that the stack's configuration does not have. */
export const sources = ["config", "keyVault", "environment", "file", "command", "other"] as const;
export type Source = (typeof sources)[number];

export interface CredentialSettings {
  readonly sources: readonly Source[];
  readonly tokenSources: readonly Source[];
}

const references: Readonly<Record<string, Source>> = {
  fromKeyVault: "keyVault",
  fromEnvironment: "environment",
  fromFile: "file",
  fromCommand: "command",
};

const tokens = ["msem:token", "msem:graphToken"];

/** @param configured every value in the stack's configuration */
export function judgeCredentials(configured: ReadonlySet<string>): Judgement<CredentialSettings> {
  return ({ className, inputs }, settings) => {
    if (className === "Provider") {
      return tokens.flatMap((name) => judge(name, fromText(inputs[name]), settings.tokenSources));
    }
    const paths = secretPathsOf(className, inputs);
    if (paths === undefined) return [`this release of the pack does not know ${what(className, inputs)}: update it`];
    const held = inputs.credentialVersion !== undefined;
    return paths.flatMap((path) => judge(path, valueAt(inputs, path), settings.sources, held));
  };

  function judge(path: string, value: unknown, allowed: readonly Source[], held = false): string[] {
    const source = sourceOf(value, configured);
    if (source === undefined || allowed.includes(source)) return [];
    return [`${path}: ${sentences[source]}${source === "other" && held ? stillInForce : ""}`];
  }
}

const sentences: Readonly<Record<Source, string>> = {
  config: "stands in the stack's configuration",
  keyVault: "is read from Key Vault",
  environment: "is read from the environment of whatever machine runs `pulumi`",
  file: "is read from a file on whatever machine runs `pulumi`",
  command: "is printed by a program on whatever machine runs `pulumi`",
  other: "is no value of the stack's configuration: it is written in the program, computed, or read from elsewhere",
};

const stillInForce =
  ". (Or the configuration has changed since, and the value of the last `pulumi up` is still in force: raise credentialVersion)";

/** Undefined for what is absent, and for what is not known yet. */
function sourceOf(value: unknown, configured: ReadonlySet<string>): Source | undefined {
  if (value === unknown || value === undefined) return undefined;
  if (isRecord(value)) {
    const kind = Object.keys(value).find((key) => key in references);
    if (kind !== undefined) return references[kind];
  }
  return typeof value === "string" && configured.has(value) ? "config" : "other";
}

/** A provider's configuration is text: a reference travels as JSON. */
function fromText(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("{")) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Paths of the secrets that a class can have; undefined for a connector or a target that is newer than this pack. */
function secretPathsOf(className: string, { target }: Inputs): readonly string[] | undefined {
  if (className === "IpAllowlist") {
    if (!isRecord(target) || typeof target.kind !== "string") return [];
    return targetSecrets[target.kind]?.map((path) => `target.${path}`);
  }
  return connectorSecrets[className] ?? (className.endsWith("Connector") ? undefined : []);
}

function what(className: string, { target }: Inputs): string {
  return className === "IpAllowlist" && isRecord(target) ? `the target "${String(target.kind)}"` : className;
}

/** Undefined where a part of the way is absent or not known yet. */
function valueAt(inputs: Inputs, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), inputs);
}

/**
 * Every text in the stack's configuration, also inside structured values (`config.requireSecretObject`).
 *
 * @param config key → value, decrypted, as the engine gives it to a pack
 */
export function configuredValues(config: Readonly<Record<string, string>>): ReadonlySet<string> {
  const values = new Set<string>();
  for (const text of Object.values(config)) {
    values.add(text);
    for (const leaf of leavesOf(structured(text))) values.add(leaf);
  }
  values.delete("");
  return values;
}

function structured(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
