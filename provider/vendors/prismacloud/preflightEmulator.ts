/** What Prisma Cloud's pre-flight reads: the sign-in and the profile, as its OpenAPI documents describe them. */
import { Hono } from "hono";
import { defineEmulator, type EmulatorTools } from "../emulate";

export interface PrismaReadStore {
  users: {
    accessKeyId: string;
    secretKey: string;
    enabled: boolean;
    accessKeysAllowed: boolean;
    roles: string[];
    /** The account is bound to single sign-on. */
    sso: boolean;
  }[];
  /** False: the profile names no roles at all. */
  tellsRoles: boolean;
}

export function preflightRoutes({ store }: EmulatorTools<PrismaReadStore>): Hono {
  const app = new Hono();
  app.post("/login", async (context) => {
    const { username, password } = (await context.req.json()) as Record<string, unknown>;
    const user = store().users.find((one) => one.accessKeyId === username && one.secretKey === password);
    if (user === undefined) return refusal(401, "invalid_credentials");
    if (user.sso) return refusal(401, "sso_enabled_password_login_attempt");
    return context.json({ token: `token-of-${user.accessKeyId}`, message: "login_successful", customerNames: [] });
  });
  app.get("/user/me", (context) => {
    const token = context.req.header("x-redlock-auth");
    const user = store().users.find(({ accessKeyId }) => token === `token-of-${accessKeyId}`);
    if (user === undefined) return refusal(401, "token_expired");
    const { enabled, accessKeysAllowed } = user;
    const roles = user.roles.map((name) => ({ id: name, name, type: "Account and Cloud Provisioning Admin" }));
    const told = store().tellsRoles ? { roles, activeRole: roles[0] ?? null } : {};
    return context.json({ email: user.accessKeyId, enabled, accessKeysAllowed, ...told });
  });
  app.notFound(() => refusal(404, "not_found"));
  return app;
}

/** The reason stands in a header, as a JSON array; the body is empty. */
function refusal(status: number, i18nKey: string): Response {
  const reason = JSON.stringify([{ i18nKey, severity: "error", subject: null }]);
  return new Response(null, { status, headers: { "x-redlock-status": reason } });
}

export const prismaCloudPreflightEmulator = defineEmulator<PrismaReadStore>({
  name: "prismacloud",
  displayName: "Prisma Cloud",
  store: () => ({ users: [], tellsRoles: true }),
  requestIdHeader: "x-redlock-request-id",
  problem: (status) => refusal(status, status === 429 ? "rate_limit" : "internal_error"),
  routes: preflightRoutes,
});
