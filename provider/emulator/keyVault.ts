/**
 * A stand-in for Azure Key Vault (secrets, read only) and for the managed identity of the machine that reads it, as far
 * as Azure's own libraries need them: the vault's challenge, a token for it, a secret with its versions.
 */
import { Hono } from "hono";
import { defineEmulator } from "../vendors/emulate";
import { bearerOf, type IdentityStore, mountIdentity, newIdentity } from "./identity";

export interface SecretVersion {
  /** 32 hexadecimal digits. */
  version: string;
  value: string;
  enabled: boolean;
}

export interface KeyVaultStore extends IdentityStore {
  /** Oldest first. */
  secrets: Record<string, SecretVersion[]>;
  /** Whether the identity has the role Key Vault Secrets User. */
  mayRead: boolean;
}

const tenant = "00000000-0000-0000-0000-00000000a2e1";
const vaultResource = "https://vault.azure.net";

export const keyVaultEmulator = defineEmulator<KeyVaultStore>({
  name: "keyvault",
  displayName: "Azure Key Vault",
  store: () => ({
    secrets: {},
    mayRead: true,
    ...newIdentity(),
  }),
  requestIdHeader: "x-ms-request-id",
  problem: (status) => problem(status, codes[status] ?? "Error", `Refused with ${status}`),
  routes: (tools) => {
    const { store } = tools;
    // The library asks for the newest version with a slash at the end.
    const app = new Hono({ strict: false });
    mountIdentity(app, tools);
    app.get("/secrets/:name/:version?", (context) => {
      const token = bearerOf(context.req.header("authorization"));
      if (store().tokens[token] !== vaultResource) {
        const missing = token === "" ? "is missing a Bearer or PoP token." : "has an invalid token.";
        const refused = problem(401, "Unauthorized", `AKV10000: Request ${missing}`);
        refused.headers.set(
          "www-authenticate",
          `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="${vaultResource}"`,
        );
        return refused;
      }
      if (!store().mayRead) {
        return problem(403, "Forbidden", "Caller is not authorized to perform action on resource.", "ForbiddenByRbac");
      }
      const name = context.req.param("name");
      const wanted = context.req.param("version") ?? "";
      const versions = store().secrets[name] ?? [];
      const found = wanted === "" ? versions.at(-1) : versions.find(({ version }) => version === wanted);
      if (found === undefined) {
        return problem(404, "SecretNotFound", `A secret with (name/id) ${name} was not found in this key vault.`);
      }
      if (!found.enabled) {
        return problem(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
      }
      const { host } = new URL(context.req.url);
      return context.json({
        value: found.value,
        id: `https://${host}/secrets/${name}/${found.version}`,
        attributes: { enabled: true, created: 1_790_000_000, updated: 1_790_000_000, recoveryLevel: "Recoverable" },
      });
    });
    app.notFound(() => problem(404, "NotFound", "There is nothing here."));
    return app;
  },
});

const codes: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "SecretNotFound",
  429: "Throttled",
};

function problem(status: number, code: string, message: string, inner?: string): Response {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  return Response.json({ error: { code, message, ...innererror } }, { status });
}
