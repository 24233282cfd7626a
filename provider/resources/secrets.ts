/** Secrets among arguments, marked as such whatever the program did: the same for connectors and allowlist targets. */
import * as pulumi from "@pulumi/pulumi";
import { isSecretReference } from "./types";

/** Which arguments are secret. */
export interface ArgumentSecrets {
  /** Top-level arguments. */
  readonly fields: readonly string[];
  /** Secret fields within the union argument `authentication`. */
  readonly union?: readonly string[];
}

/** The secret arguments, marked as such whatever the program did. */
export function markedSecrets(
  secrets: ArgumentSecrets,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields = Object.fromEntries(
    secrets.fields.filter((field) => given[field] !== undefined).map((field) => [field, protect(given[field])]),
  );
  if (secrets.union === undefined || given.authentication === undefined) return fields;
  return { ...fields, authentication: markedUnion(secrets.union, given.authentication) };
}

function markedUnion(names: readonly string[], authentication: unknown): unknown {
  if (pulumi.Output.isInstance(authentication) || authentication instanceof Promise)
    return pulumi.secret(authentication);
  if (typeof authentication !== "object" || authentication === null) return authentication;
  return Object.fromEntries(
    Object.entries(authentication).map(([name, value]) => [name, names.includes(name) ? protect(value) : value]),
  );
}

function protect(value: unknown): unknown {
  return isSecretReference(value) ? value : pulumi.secret(value);
}
