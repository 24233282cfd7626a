/** Armis's API of version 3, as its own client library uses it: the sign-in and the fields of a search. */
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface ArmisStore {
  tenants: string[];
  vendorIds: string[];
  clients: { id: string; secret: string; searches: boolean }[];
}

export const armisEmulator = defineEmulator<ArmisStore>({
  name: "armis",
  displayName: "Armis",
  store: () => ({
    tenants: ["contoso.armis.com"],
    vendorIds: ["vendor-1"],
    clients: [{ id: "reader@contoso.com", secret: "armis-secret", searches: true }],
  }),
  problem: (status) => Response.json({ detail: `Refused with ${status}` }, { status }),
  routes: ({ store }) => {
    const app = new Hono();
    app.get("/", (context) => context.html("<title>Armis</title>"));
    app.post("/v3/oauth/token", async (context) => {
      const asked = (await context.req.json()) as Record<string, unknown>;
      const { tenants, vendorIds, clients } = store();
      const tenant = /^https:\/\/(.+)\/$/.exec(String(asked.audience))?.[1];
      const complete = asked.grant_type === "client_credentials" && Array.isArray(asked.scopes);
      if (!complete || !tenants.includes(tenant ?? "") || !vendorIds.includes(String(asked.vendor_id))) {
        return context.json({ detail: "Invalid token request" }, 400);
      }
      const client = clients.find(({ id, secret }) => id === asked.client_id && secret === asked.client_secret);
      if (client === undefined) return context.json({ detail: "Invalid client credentials" }, 401);
      return context.json({ access_token: `token-of-${client.id}`, token_type: "Bearer", expires_in: 3600 });
    });
    app.get("/v3/assets/_search/fields", (context) => {
      const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
      const client = store().clients.find(({ id }) => token === `token-of-${id}`);
      if (client === undefined) return context.json({ detail: "Not authenticated" }, 401);
      if (!client.searches) return context.json({ detail: "Missing permission to read devices" }, 403);
      return context.json([{ name: "device_id", type: "integer" }]);
    });
    app.notFound((context) => context.json({ detail: "Not found" }, 404));
    return app;
  },
});
