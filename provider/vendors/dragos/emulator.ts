/** Dragos Platform: the one read of assets that public connectors use. Error bodies are not published: ours are plain. */
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface DragosStore {
  keys: { id: string; secret: string; readsAssets: boolean }[];
  assets: number;
}

export const dragosEmulator = defineEmulator<DragosStore>({
  name: "dragos",
  displayName: "Dragos Platform",
  store: () => ({ keys: [{ id: "dragos-key", secret: "dragos-secret", readsAssets: true }], assets: 77 }),
  problem: (status) => Response.json({ message: `Refused with ${status}` }, { status }),
  routes: ({ store }) => {
    const app = new Hono();
    app.post("/assets/api/v4/getAssets", async (context) => {
      const [scheme, pair = ""] = (context.req.header("authorization") ?? "").split(" ");
      const [id, ...secret] = Buffer.from(pair, "base64").toString("utf8").split(":");
      const key = store().keys.find((one) => one.id === id && one.secret === secret.join(":"));
      if (scheme !== "Basic" || key === undefined) return context.json({ message: "Unauthorized" }, 401);
      if (!key.readsAssets) return context.json({ message: "Missing permission asset:read" }, 403);
      const { pagination } = (await context.req.json()) as { pagination?: { pageSize?: number } };
      const pageSize = pagination?.pageSize ?? 100;
      const content = Array.from({ length: Math.min(pageSize, store().assets) }, (_, index) => ({ id: index + 1 }));
      return context.json({ content, pageNumber: 1, pageSize, totalElements: store().assets });
    });
    return app;
  },
});
