/** The managed identity of an emulated machine: gives tokens for Azure's own services. */
import type { Hono } from "hono";
import type { EmulatorTools } from "../vendors/emulate";

export interface IdentityStore {
  /** What a caller has to show: `IDENTITY_HEADER`. */
  identityHeader: string;
  /** Tokens that were given out, each with the resource that it is good for. */
  tokens: Record<string, string>;
}

/** Path of the identity endpoint: `IDENTITY_ENDPOINT` is the emulator's address and this. */
export const identityPath = "/msi/token";

const tokenSeconds = 86_400;

export function newIdentity(): IdentityStore {
  return { identityHeader: "identity-header", tokens: {} };
}

/** App Service's protocol: the only one of a managed identity that needs no fixed address. */
export function mountIdentity<Store extends IdentityStore>(app: Hono, tools: EmulatorTools<Store>): void {
  app.get(identityPath, (context) => {
    const store = tools.store();
    if (context.req.header("x-identity-header") !== store.identityHeader) return context.json({}, 401);
    const resource = context.req.query("resource") ?? "";
    const token = `token-${tools.nextId()}`;
    store.tokens[token] = resource;
    const expires = Math.floor(tools.now().getTime() / 1000) + tokenSeconds;
    return context.json({ access_token: token, expires_on: String(expires), resource, token_type: "Bearer" });
  });
}

/** The bearer token of a request, empty when it has none. */
export function bearerOf(authorization: string | undefined): string {
  return /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
}
