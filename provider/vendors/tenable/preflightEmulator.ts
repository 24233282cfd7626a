/** What Tenable's pre-flight reads, as its OpenAPI documents describe it. */
import { Hono } from "hono";
import { defineEmulator, type EmulatorTools } from "../emulate";

export interface TenableReadStore {
  users: {
    accessKey: string;
    secretKey: string;
    mayExportAssets: boolean;
    mayExportFindings: boolean;
    /** `AllAssets`, or the name of a tag. */
    views: string[];
  }[];
  /** False: API access security does not hold the caller's address. */
  admitsCaller: boolean;
  status: string;
}

export function preflightRoutes({ store }: EmulatorTools<TenableReadStore>): Hono {
  const app = new Hono();
  const userOf = (header = "") => {
    const [, accessKey, secretKey] = /^accessKey=([^;]*);\s*secretKey=([^;]*);?$/.exec(header) ?? [];
    return store().users.find((user) => user.accessKey === accessKey && user.secretKey === secretKey);
  };
  app.use("*", async (context, next) => {
    // One answer for a wrong key and for an address that is not allowed.
    if (userOf(context.req.header("x-apikeys")) === undefined || !store().admitsCaller) return refusal(401);
    await next();
    return undefined;
  });
  app.get("/server/status", (context) => context.json({ code: 200, status: store().status }));
  app.get("/assets/export/status", (context) =>
    userOf(context.req.header("x-apikeys"))?.mayExportAssets ? context.json({ exports: [] }) : refusal(403),
  );
  app.get("/vulns/export/status", (context) =>
    userOf(context.req.header("x-apikeys"))?.mayExportFindings ? context.json({ exports: [] }) : refusal(403),
  );
  app.get("/api/v3/access-control/permissions/users/me", (context) => {
    const views = userOf(context.req.header("x-apikeys"))?.views ?? [];
    return context.json({
      permissions_granted: views.map((name) => ({
        actions: ["CanView"],
        objects: [name === "AllAssets" ? { type: name } : { type: "Tag", name }],
        subjects: [{ type: "UserGroup", name: "Readers" }],
      })),
    });
  });
  app.notFound(() => refusal(404));
  return app;
}

/** Tenable's 429 is a page, not JSON. */
function refusal(status: number): Response {
  if (status === 429) return new Response("<html><title>429</title></html>", { status });
  const error = { 401: "Invalid Credentials", 403: "Insufficient permission" }[status] ?? `Refused with ${status}`;
  return Response.json({ statusCode: status, error: "Error", message: error }, { status });
}

export const tenablePreflightEmulator = defineEmulator<TenableReadStore>({
  name: "tenable",
  displayName: "Tenable Vulnerability Management",
  store: () => ({ users: [], admitsCaller: true, status: "ready" }),
  requestIdHeader: "x-request-uuid",
  problem: refusal,
  routes: preflightRoutes,
});
