/** A connector's inputs as check accepts them and as state keeps them, and how its parts are found again. */
import type { Owner } from "../ownership";
import type { PreflightMode } from "../preflight";
import { type Authentication, type Field, hasAuthenticationUnion, type ProductAccess } from "./define";

/** A secret by reference: resolved in the provider process at call time, so that no secret is in state at all. */
export interface SecretReference {
  readonly fromEnvironment: string;
}

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
  const way = authenticationOf(access, inputs);
  const fields = credentialFieldsOf(access, inputs);
  return Object.entries(way?.fields ?? {})
    .filter(([, field]: [string, Field]) => field.secret)
    .map(([name]) => fields[name])
    .filter((value): value is string => typeof value === "string" && value !== "");
}

export function isReference(value: unknown): value is SecretReference {
  return isRecord(value) && typeof value.fromEnvironment === "string";
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
