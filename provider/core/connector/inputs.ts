/** A connector's inputs as check accepts them and as state keeps them, and how its parts are found again. */
import type { Owner } from "../ownership";
import type { PreflightMode } from "../preflight";
import { type Authentication, type Field, hasAuthenticationUnion, type ProductAccess } from "./define";

/**
 * A secret by reference: resolved in the provider process when the credential is sent, so that no secret is in state at
 * all. Exactly one key.
 */
export type SecretReference =
  /** Name of an environment variable. */
  | { readonly fromEnvironment: string }
  /** Secret identifier: `https://<vault>.vault.azure.net/secrets/<name>`, with a version or without. */
  | { readonly fromKeyVault: string }
  /** Path of a file, from the project's folder on; one line break at its end does not count. */
  | { readonly fromFile: string }
  /** A program and its arguments, run without a shell; what it prints, without one line break at its end. */
  | { readonly fromCommand: readonly string[] };

/** Gives the secret that a reference stands for. @throws MSEM_REFERENCE */
export type ResolveReference = (reference: SecretReference) => Promise<string>;

/** The keys, of which a reference has exactly one. */
export const referenceKinds = ["fromEnvironment", "fromKeyVault", "fromFile", "fromCommand"] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

/**
 * What every connector takes, plus its settings and credential fields by argument name (or `authentication`, where
 * the product has several ways to sign in).
 */
export interface ConnectorInputs {
  readonly name: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly credentialVersion?: string;
  readonly adopt?: boolean;
  /** Absent is "off". */
  readonly preflight?: PreflightMode;
  /** From the program side: provider methods are told neither project nor stack nor name. */
  readonly owner?: Owner;
  /** Always "ok" when wanted; what was observed when read. Only inputs make drift. */
  readonly health: string;
  readonly [argument: string]: unknown;
}

/** The value of `health` that every check asks for. */
export const healthy = "ok";

/** The one way to sign in, or the one that `authentication.kind` names. */
export function authenticationOf(
  access: ProductAccess,
  inputs: Readonly<Record<string, unknown>>,
): Authentication | undefined {
  if (!hasAuthenticationUnion(access)) return access.authentication[0];
  const chosen = inputs.authentication;
  if (!isRecord(chosen)) return undefined;
  return access.authentication.find((way) => way.kind === chosen.kind);
}

/** The record that holds the credential fields: the inputs themselves, or `authentication`. */
export function credentialFieldsOf(
  access: ProductAccess,
  inputs: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!hasAuthenticationUnion(access)) return inputs;
  const chosen = inputs.authentication;
  return isRecord(chosen) ? chosen : {};
}

/** The settings among the inputs. */
export function settingsOf(access: ProductAccess, inputs: Readonly<Record<string, unknown>>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of Object.keys(access.settings)) {
    const value = inputs[name];
    if (typeof value === "string") settings[name] = value;
  }
  return settings;
}

/** Every secret that stands in the inputs in the clear, to keep it out of messages. */
export function secretValuesOf(access: ProductAccess, inputs: Readonly<Record<string, unknown>>): string[] {
  return secretFieldsOf(access, inputs).filter((value): value is string => typeof value === "string" && value !== "");
}

/** Every reference among the secrets of the inputs. */
export function referencesOf(access: ProductAccess, inputs: Readonly<Record<string, unknown>>): SecretReference[] {
  return secretFieldsOf(access, inputs).filter(isReference);
}

function secretFieldsOf(access: ProductAccess, inputs: Readonly<Record<string, unknown>>): unknown[] {
  const way = authenticationOf(access, inputs);
  const fields = credentialFieldsOf(access, inputs);
  return Object.entries(way?.fields ?? {})
    .filter(([, field]: [string, Field]) => field.secret)
    .map(([name]) => fields[name]);
}

export function isReference(value: unknown): value is SecretReference {
  if (!isRecord(value)) return false;
  const [key, ...more] = Object.keys(value);
  if (key === undefined || more.length > 0) return false;
  if (key !== "fromCommand") return isReferenceKind(key) && typeof value[key] === "string";
  const words = value.fromCommand;
  return Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string");
}

export function isReferenceKind(key: string): key is ReferenceKind {
  return referenceKinds.some((kind) => kind === key);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
