import type * as pulumi from "@pulumi/pulumi";

/**
 * A secret by reference: the name of an environment variable of the process that runs `pulumi`. It is read each time
 * the credential is sent, so that no secret is in state at all.
 */
export interface SecretReference {
  /** Name of the environment variable. */
  fromEnvironment: string;
}

/** A secret by value (always marked secret, ciphertext in state) or by reference (never in state). */
export type SecretInput = pulumi.Input<string> | SecretReference;

/** True for a reference that is written down as such; a value that is not known yet is none. */
export function isSecretReference(value: unknown): value is SecretReference {
  return typeof value === "object" && value !== null && Object.keys(value).length === 1 && "fromEnvironment" in value;
}
