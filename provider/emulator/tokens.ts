/** Bearer tokens of the emulated tenant: JWTs signed with a key that no other emulator has. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type RoleName, roles } from "../connections/roles";
import type { Clock } from "./clock";
import { ApiProblem } from "./problem";

/** `aud` of every token that the emulator accepts. */
export const audience = "api://msem-emulator";

/** Life of a token in seconds where nothing else is asked for: long enough for any demo. */
const defaultLifeSeconds = 365 * 24 * 3600;

export interface TokenOptions {
  /** Roles that the token names in `wids`; none is a valid token that may do nothing. */
  readonly roles?: readonly RoleName[];
  /** Seconds from now; negative makes an expired token. Default: a year after the tenant was made. */
  readonly expiresInSeconds?: number;
  /** Another tenant's token is refused. Default: the emulated tenant. */
  readonly tenantId?: string;
  /** A token for another service is refused. Default: this emulator. */
  readonly audience?: string;
}

export interface TokenAuthority {
  mint(options: TokenOptions): string;
  /** Reads `Authorization`. Returns the template ids of the caller's roles. @throws ApiProblem 401 */
  authenticate(authorization: string | undefined): readonly string[];
}

const claimsSchema = z.object({
  aud: z.string(),
  tid: z.string(),
  exp: z.number(),
  wids: z.array(z.string()).default([]),
});

export interface TokenAuthorityOptions {
  /** HMAC key, base64url. */
  readonly key: string;
  readonly tenantId: string;
  /** Milliseconds since 1970. The tokens of a tenant are the same at every start because this is kept. */
  readonly issuedAt: number;
  readonly clock: Clock;
}

export function createTokenAuthority({ key, tenantId, issuedAt, clock }: TokenAuthorityOptions): TokenAuthority {
  const sign = (text: string) => createHmac("sha256", Buffer.from(key, "base64url")).update(text).digest();
  const issued = Math.floor(issuedAt / 1000);

  function mint(options: TokenOptions): string {
    const now = Math.floor(clock.now().getTime() / 1000);
    const claims = {
      aud: options.audience ?? audience,
      iss: "msem-emulator",
      tid: options.tenantId ?? tenantId,
      wids: (options.roles ?? []).map((role) => roles[role].id),
      iat: issued,
      exp: options.expiresInSeconds === undefined ? issued + defaultLifeSeconds : now + options.expiresInSeconds,
    };
    const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return `${head}.${sign(head).toString("base64url")}`;
  }

  function authenticate(authorization: string | undefined): readonly string[] {
    if (authorization === undefined) throw unauthenticated("The request has no Authorization header.", undefined);
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated("The Authorization header is not of the form `Bearer <token>`.");
    const [header, payload, signature, ...more] = token.split(".");
    if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
      throw unauthenticated("The token is not a JWT.");
    }
    const expected = sign(`${header}.${payload}`);
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw unauthenticated("The signature of the token is not valid here.");
    }
    // Only this emulator can have signed what comes past here.
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    if (claims.aud !== audience) throw unauthenticated("The token was issued for another service (aud).");
    if (claims.tid !== tenantId) throw unauthenticated("The token belongs to another tenant (tid).");
    if (claims.exp * 1000 <= clock.now().getTime()) throw tokenExpired();
    return claims.wids;
  }

  return { mint, authenticate };
}

/** 401 of a token whose time is over; also what the fault `expiredToken` answers. */
export function tokenExpired(): ApiProblem {
  return unauthenticated("The token has expired.");
}

function unauthenticated(message: string, error: string | undefined = "invalid_token"): ApiProblem {
  const description =
    error === undefined ? "" : `, error="${error}", error_description="${message.replaceAll('"', "'")}"`;
  return new ApiProblem(401, "InvalidAuthenticationToken", message, {
    headers: { "www-authenticate": `Bearer realm="msem-emulator"${description}` },
  });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
