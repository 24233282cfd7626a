/**
 * A stand-in for Azure Key Vault (secrets, read only) and for the managed identity of the machine that reads it, as far
 * as Azure's own libraries need them: the vault's challenge, a token for it, a secret with its versions.
 */
import { Hono } from "hono";
import { defineEmulator } from "../vendors/emulate";

export interface SecretVersion {
  /** 32 hexadecimal digits. */
  version: string;
  value: string;
  enabled: boolean;
}

export interface KeyVaultStore {
  /** Oldest first. */
  secrets: Record<string, SecretVersion[]>;
  /** Whether the identity has the role Key Vault Secrets User. */
  mayRead: boolean;
  /** What a caller of the identity endpoint has to show: `IDENTITY_HEADER`. */
  identityHeader: string;
  /** Tokens that the identity endpoint gave out, each with the resource that it is good for. */
  tokens: Record<string, string>;
  /** Seconds that a token lives. */
  tokenSeconds: number;
}

const tenant = "00000000-0000-0000-0000-00000000a2e1";
const vaultResource = "https://vault.azure.net";
/** Path of the identity endpoint: `IDENTITY_ENDPOINT` is the stand-in's address and this. */
export const identityPath = "/msi/token";

export const keyVaultEmulator = defineEmulator<KeyVaultStore>({
  name: "keyvault",
  displayName: "Azure Key Vault",
  store: () => ({
    secrets: {},
    mayRead: true,
    identityHeader: "identity-header",
    tokens: {},
    tokenSeconds: 86_400,
  }),
  requestIdHeader: "x-ms-request-id",
  problem: (status) => problem(status, codes[status] ?? "Error", `Refused with ${status}`),
  routes: ({ store, now, nextId }) => {
    // The library asks for the newest version with a slash at the end.
    const app = new Hono({ strict: false });
    // App Service's protocol: the only one of a managed identity that needs no fixed address.
    app.get(identityPath, (context) => {
      if (context.req.header("x-identity-header") !== store().identityHeader) return context.json({}, 401);
      const resource = context.req.query("resource") ?? "";
      const token = `token-${nextId()}`;
      store().tokens[token] = resource;
      const expires = Math.floor(now().getTime() / 1000) + store().tokenSeconds;
      return context.json({ access_token: token, expires_on: String(expires), resource, token_type: "Bearer" });
    });
    app.get("/secrets/:name/:version?", (context) => {
      const [, token = ""] = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "") ?? [];
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
