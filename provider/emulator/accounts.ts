/**
 * Accounts at the emulated vendors, and what is kept of a credential: a salted proof, enough to compare and not enough
 * to read. Neither memory snapshots nor the state file hold a secret in the clear.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import { connectorOfType } from "../vendors/index";
import type { StatusDetail } from "./records";
import { type CredentialRecord, proofsSchema } from "./records";

/** An account as a test or a demo declares it. */
export interface SeedAccount {
  readonly connectorType: string;
  /** The half that may be shown; without it any credential with the right secrets matches. */
  readonly identifier?: string;
  /** Secret fields by the names of the connector's descriptor. */
  readonly secrets: Readonly<Record<string, string>>;
}

export const accountSchema = z.object({
  connectorType: z.string(),
  identifier: z.string().optional(),
  proofs: proofsSchema,
});
export type AccountRecord = z.infer<typeof accountSchema>;

/** @param salt base64url; the same for credentials and accounts, so that they can be compared. */
export function proofsOf(
  salt: string,
  connectorType: string,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([field, value]) => [
      field,
      createHmac("sha256", Buffer.from(salt, "base64url"))
        .update(JSON.stringify([connectorType, field, value]))
        .digest("base64url"),
    ]),
  );
}

export function accountOf(salt: string, seed: SeedAccount): AccountRecord {
  return {
    connectorType: seed.connectorType,
    ...(seed.identifier === undefined ? {} : { identifier: seed.identifier }),
    proofs: proofsOf(salt, seed.connectorType, seed.secrets),
  };
}

/** What the vendor says to a credential: nothing when it lets it in, or when no account of that vendor is emulated. */
export function refusal(
  accounts: readonly AccountRecord[],
  connectorType: string,
  credential: CredentialRecord,
): StatusDetail | undefined {
  const known = accounts.filter((account) => account.connectorType === connectorType);
  if (known.length === 0 || known.some((account) => matches(account, credential))) return undefined;
  const descriptor = connectorOfType(connectorType);
  const who = credential.identifier === undefined ? "the credential" : `"${credential.identifier}"`;
  const meaning = descriptor?.troubles.find((trouble) => /\b401\b|unauthorized/i.test(trouble.symptom))?.meaning;
  const sentence = `${descriptor?.displayName ?? connectorType} refused ${who} with 401 Unauthorized`;
  return { code: "Unauthorized", message: meaning === undefined ? `${sentence}.` : `${sentence}: ${meaning}` };
}

function matches(account: AccountRecord, credential: CredentialRecord): boolean {
  return (
    (account.identifier === undefined || account.identifier === credential.identifier) &&
    Object.entries(account.proofs).every(([field, proof]) => credential.proofs[field] === proof)
  );
}
