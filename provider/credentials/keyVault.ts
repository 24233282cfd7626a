/** Secrets from Azure Key Vault, read with the identity that the machine offers (see `entra.ts`). */
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import type { SecretIdentifier } from "../core/connector/references";
import { MsemError } from "../core/errors";
import { isLoopback } from "../http/endpoint";
import { cleanCause, createRedactor, networkTrouble } from "../http/redact";

/** One client per vault: it keeps the vault's challenge and the token. */
const clients = new Map<string, SecretClient>();
let identity: DefaultAzureCredential | undefined;

/** @throws MSEM_REFERENCE */
export async function readVaultSecret(secret: SecretIdentifier, limitMs: number): Promise<string> {
  const { vault, name, version } = secret;
  const deadline = AbortSignal.timeout(limitMs);
  try {
    const { value } = await clientOf(vault).getSecret(name, {
      ...(version === undefined ? {} : { version }),
      abortSignal: deadline,
    });
    return value ?? "";
  } catch (error) {
    throw toError(error, secret, deadline.aborted ? limitMs : undefined);
  }
}

function clientOf(vault: string): SecretClient {
  const known = clients.get(vault);
  if (known !== undefined) return known;
  identity ??= new DefaultAzureCredential();
  const client = new SecretClient(vault, identity, {
    // The library makes sure that the token is meant for the vault's own domain. A stand-in on this machine has none.
    disableChallengeResourceVerification: isLoopback(new URL(vault).hostname),
    retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 10_000 },
  });
  clients.set(vault, client);
  return client;
}

function toError(error: unknown, { vault, name }: SecretIdentifier, limitMs: number | undefined): MsemError {
  const where = `the secret "${name}" of ${new URL(vault).host}`;
  if (limitMs !== undefined) {
    return new MsemError("MSEM_REFERENCE", `${where} did not come within ${limitMs / 1000} s`, {
      hint: "Is the vault reachable from here? It may have a firewall or a private endpoint.",
    });
  }
  const status = statusOf(error);
  const [what, hint] = verdictOf(status);
  // The library's own messages may quote requests and tokens.
  const cause = cleanCause(error, createRedactor());
  const reason = status === undefined ? (networkTrouble(error).code ?? nameOf(error)) : String(status);
  return new MsemError("MSEM_REFERENCE", `${where} ${what} (${reason})`, {
    hint,
    cause,
    ...(status === undefined ? {} : { status }),
  });
}

function verdictOf(status: number | undefined): readonly [string, string] {
  switch (status) {
    case 401:
      return ["is not given to this identity", "Check the identity's tenant: it must be the vault's."];
    case 403:
      return [
        "may not be read by this identity, or not from here",
        "Give it the role Key Vault Secrets User on this secret or its vault, and look at the vault's firewall.",
      ];
    case 404:
      return ["does not exist, or is disabled or deleted", "Look at the identifier and the secret's state."];
    case 429:
      return ["is throttled by the vault", "Run it again later: nothing was sent."];
    case undefined:
      return [
        "could not be read",
        "Sign in with `az login`, or give the runner a workload identity; and check the vault's name, DNS and the proxy settings.",
      ];
    default:
      return ["could not be read", "See the cause; run it again later: nothing was sent."];
  }
}

function statusOf(error: unknown): number | undefined {
  const status = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
  return typeof status === "number" ? status : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}
