import type * as pulumi from "@pulumi/pulumi";

/**
 * A secret by reference: read in the process that runs `pulumi`, each time the credential is sent, so that no secret is
 * in state at all; and when the service reports a failure, to keep it out of the service's words. What stands here is in
 * state in the clear, so it must not be a secret itself.
 */
export type SecretReference =
  | {
      /** Name of an environment variable. */
      fromEnvironment: string;
    }
  | {
      /**
       * Identifier of a secret in Azure Key Vault, `https://<vault>.vault.azure.net/secrets/<name>`, with a version
       * behind it or without: then the newest counts. Read with the identity that the machine offers (workload identity,
       * `az login`, …), which needs the role Key Vault Secrets User.
       */
      fromKeyVault: string;
    }
  | {
      /** Path of a file of at most 64 KiB, from the program's folder on. One line break at its end does not count. */
      fromFile: string;
    }
  | {
      /**
       * A program and its arguments, such as `["op", "read", "op://vault/item/field"]`. Run without a shell and without
       * input, for at most 30 s; what it prints is the secret, at most 64 KiB, and is never shown.
       */
      fromCommand: readonly string[];
    };

/** A secret by value (always marked secret, ciphertext in state) or by reference (never in state). */
export type SecretInput = pulumi.Input<string> | SecretReference;

// Again here, and not from core: that would load the schemas into every program.
const kinds = ["fromEnvironment", "fromKeyVault", "fromFile", "fromCommand"];

/** True for a reference that is written down as such; a value that is not known yet is none. */
export function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== "object" || value === null) return false;
  const [key, ...more] = Object.keys(value);
  return key !== undefined && more.length === 0 && kinds.includes(key);
}
