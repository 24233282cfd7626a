/** Rapid7's Insight platform, as its API overview and its own plug-in describe it: the key, and integration assets. */
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface Rapid7Store {
  /** Keys of this region; one of another region is as unknown as a wrong one. */
  keys: { key: string; readsAssets: boolean }[];
  assets: number;
}

export const rapid7Emulator = defineEmulator<Rapid7Store>({
  name: "rapid7",
  displayName: "Rapid7 Insight platform",
  store: () => ({ keys: [{ key: "rapid7-key", readsAssets: true }], assets: 1204 }),
  problem: (status) => Response.json(refusal(status, `Refused with ${status}`), { status }),
  routes: ({ store }) => {
    const app = new Hono();
    app.use("*", async (context, next) => {
      const key = store().keys.find((one) => one.key === context.req.header("x-api-key"));
      if (key === undefined) return context.json(refusal(401, "Unauthorized"), 401);
      if (context.req.path.startsWith("/vm/") && !key.readsAssets) {
        return context.json(refusal(403, "Access to InsightVM is not permitted"), 403);
      }
      await next();
    });
    app.get("/validate", (context) => context.json({ message: "Authorized" }));
    app.post("/vm/v4/integration/assets", async (context) => {
      const size = Number(context.req.query("size") ?? "10");
      if (!(size >= 1 && size <= 500)) return context.json(refusal(400, "size must be from 1 to 500"), 400);
      if (context.req.header("content-type") !== "application/json") {
        return context.json(refusal(415, "Content type must be application/json"), 415);
      }
      const total = store().assets;
      const data = Array.from({ length: Math.min(size, total) }, (_, index) => ({ id: `asset-${index + 1}` }));
      return context.json({
        data,
        metadata: { number: 0, size, totalResources: total, totalPages: Math.ceil(total / size) },
        links: [],
      });
    });
    app.notFound((context) => context.json(refusal(404, "Not found"), 404));
    return app;
  },
});

function refusal(status: number, message: string): object {
  return { status: String(status), message, localized_message: message };
}
