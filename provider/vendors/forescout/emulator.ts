/** A Forescout host. Its API is not public: it answers, and that is all. */
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface ForescoutStore {
  /** Status of the answer to anybody who asks. */
  status: 200 | 302 | 401 | 404;
}

export const forescoutEmulator = defineEmulator<ForescoutStore>({
  name: "forescout",
  displayName: "Forescout host",
  store: () => ({ status: 401 }),
  problem: (status) => new Response("refused", { status }),
  routes: ({ store }) => {
    const app = new Hono();
    app.all("*", () => {
      const { status } = store();
      return new Response(null, { status, headers: status === 302 ? { location: "/login" } : {} });
    });
    return app;
  },
});
