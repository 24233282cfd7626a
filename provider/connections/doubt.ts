/**
 * A look into the token before the first write. It never decides: unified RBAC grants access without any role, and the
 * service knows. But a person who signed in as a reader learns it before the first refusal, and why.
 */
import { askToken, claimsOf, type TokenSource } from "../http/auth";
import { defaultRequestTimeoutMs } from "../http/transport";
import type { ConnectionsClient } from "./model";
import { adviceFor, rolesOf } from "./roles";

export interface DoubtOptions {
  readonly token: TokenSource;
  readonly requestTimeoutMs?: number;
  warn(message: string): void;
}

/** The same client, which warns at most once: before its first write, when the token looks like a reader's. */
export function warningOfDoubt(client: ConnectionsClient, options: DoubtOptions): ConnectionsClient {
  let looked: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const doubt = doubtOf(await askToken(options.token, options.requestTimeoutMs ?? defaultRequestTimeoutMs));
    if (doubt !== undefined) options.warn(doubt);
  };
  const beforeWrite = (): Promise<void> => {
    // No token, no look: the write itself says why there is none.
    looked ??= look().catch(() => undefined);
    return looked;
  };
  return {
    ...client,
    create: async (draft) => {
      await beforeWrite();
      return client.create(draft);
    },
    update: async (id, etag, changes) => {
      await beforeWrite();
      return client.update(id, etag, changes);
    },
    remove: async (id, etag) => {
      await beforeWrite();
      return client.remove(id, etag);
    },
  };
}

/**
 * Why a token may not be enough to write; undefined where nothing speaks against it: an opaque one, one with a role that
 * may write, one with an application role or a scope that may do more than read, one that names none of the five roles.
 */
export function doubtOf(token: string): string | undefined {
  const claims = claimsOf(token);
  if (claims === undefined) return undefined;
  const held = rolesOf(texts(claims.wids));
  if (held.length === 0 || held.some(({ access }) => access === "write")) return undefined;
  const scopes = typeof claims.scp === "string" ? claims.scp.split(" ") : [];
  if ([...texts(claims.roles), ...scopes].some(mayWrite)) return undefined;
  const names = held.map(({ displayName }) => displayName).join(" and ");
  return `the token names the role ${names}, which may view data connectors but not change them. ${adviceFor("write")} The service decides, so this run goes on.`;
}

/** Of a permission's name only what says that it cannot: sign-in scopes, and `….Read` or `….Read.All`. */
function mayWrite(permission: string): boolean {
  return (
    permission !== "" && !/^(?:openid|profile|email|offline_access)$|\.Read(?:Basic)?(?:\.All)?$/i.test(permission)
  );
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
