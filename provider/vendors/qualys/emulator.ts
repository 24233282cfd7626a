/** Qualys's two APIs as far as the connector's page names them: the count of assets, and the KnowledgeBase. */
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

/** Codes of the older API, with the HTTP status that they come under. */
export type QualysCode =
  | "999"
  | "1905"
  | "1920"
  | "1960"
  | "1965"
  | "1999"
  | "2000"
  | "2002"
  | "2003"
  | "2011"
  | "2012";

export interface QualysStore {
  users: { name: string; password: string; readsAssets: boolean; readsKnowledgeBase: boolean }[];
  assets: number;
  /** What the older API answers instead, whoever asks. */
  refusal?: QualysCode;
  /** What the newer API answers instead, with HTTP 200. */
  responseCode?: "INVALID_REQUEST" | "UNAUTHORIZED" | "LIMIT_EXCEEDED";
  /** Seconds; sent only where set: it may be missing on the first blocked reply. */
  toWait?: number;
  /** Two pages of the documents spell the headers of concurrency differently. */
  spelling: "x-concurrency-limit" | "x-concurrencylimit";
}

const codes: Readonly<Record<QualysCode, readonly [status: number, text: string]>> = {
  "999": [501, "Internal Error"],
  "1905": [400, "parameter ids has invalid value"],
  "1920": [409, "The requested operation is blocked by one or more existing Business Objects."],
  "1960": [409, "The concurrency limit has been reached"],
  "1965": [409, "This API has exceeded its rate limit"],
  "1999": [503, "We are performing scheduled maintenance on our System."],
  "2000": [401, "Bad Login/Password"],
  "2002": [403, "User account is inactive."],
  "2003": [409, "Registration must be completed before API requests will be served for this account"],
  "2011": [409, "SecureID authentication is required for this account, so API access is blocked"],
  "2012": [403, "User license is not authorized to run this API."],
};

export const qualysEmulator = defineEmulator<QualysStore>({
  name: "qualys",
  displayName: "Qualys platform",
  store: () => ({
    users: [{ name: "reader", password: "qualys-password", readsAssets: true, readsKnowledgeBase: true }],
    assets: 4512,
    spelling: "x-concurrency-limit",
  }),
  problem: (status) =>
    // Bodies that are pages occur as well.
    status === 404 ? page(404) : xml(status, simpleReturn(status === 401 ? "2000" : "999", `Refused with ${status}`)),
  routes: ({ store }) => {
    const app = new Hono();
    const userOf = (header: string | undefined) => {
      const [scheme, pair = ""] = (header ?? "").split(" ");
      const [name, ...password] = Buffer.from(pair, "base64").toString("utf8").split(":");
      return scheme !== "Basic"
        ? undefined
        : store().users.find((user) => user.name === name && user.password === password.join(":"));
    };
    const refuse = (code: QualysCode): Response => {
      const [status, text] = codes[code];
      return xml(status, simpleReturn(code, text), rates(store()));
    };
    app.post("/qps/rest/2.0/count/am/hostasset", async (context) => {
      const user = userOf(context.req.header("authorization"));
      if (user === undefined) return xml(401, serviceResponse("UNAUTHORIZED", "Bad credentials"));
      const body = await context.req.text();
      const well = context.req.header("content-type")?.startsWith("text/xml") === true && /<ServiceRequest/.test(body);
      const code = well ? (user.readsAssets ? store().responseCode : "UNAUTHORIZED") : "INVALID_REQUEST";
      if (code !== undefined)
        return xml(200, serviceResponse(code, `The request was refused: ${code}`), rates(store()));
      return xml(
        200,
        `<ServiceResponse><responseCode>SUCCESS</responseCode><count>${store().assets}</count></ServiceResponse>`,
        rates(store()),
      );
    });
    app.post("/api/2.0/fo/knowledge_base/vuln/", async (context) => {
      const user = userOf(context.req.header("authorization"));
      if (user === undefined) return refuse("2000");
      const { refusal } = store();
      if (refusal !== undefined) return refuse(refusal);
      if (!user.readsKnowledgeBase) return refuse("2012");
      const form = new URLSearchParams(await context.req.text());
      // Without ids the real one sends the whole KnowledgeBase; nobody should ever do that by mistake.
      if (context.req.header("x-requested-with") === undefined || !/^\d+$/.test(form.get("ids") ?? "")) {
        return refuse("1905");
      }
      return xml(
        200,
        `<!DOCTYPE KNOWLEDGE_BASE_VULN_LIST_OUTPUT SYSTEM "https://qualysapi.qualys.com/api/2.0/fo/knowledge_base/vuln/knowledge_base_vuln_list_output.dtd">
<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST><VULN><QID>${form.get("ids")}</QID></VULN></VULN_LIST></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`,
        rates(store()),
      );
    });
    app.notFound(() => page(404));
    return app;
  },
});

function page(status: number): Response {
  return new Response("<html><title>Not found</title></html>", { status, headers: { "content-type": "text/html" } });
}

function rates({ toWait, spelling }: QualysStore): Record<string, string> {
  return {
    "x-ratelimit-limit": "300",
    "x-ratelimit-window-sec": "3600",
    "x-ratelimit-remaining": "298",
    ...(toWait === undefined ? {} : { "x-ratelimit-towait-sec": String(toWait) }),
    [`${spelling}-limit`]: "2",
    [`${spelling}-running`]: "1",
  };
}

function simpleReturn(code: string, text: string): string {
  return `<!DOCTYPE SIMPLE_RETURN SYSTEM "https://qualysapi.qualys.com/api/2.0/simple_return.dtd">
<SIMPLE_RETURN><RESPONSE><DATETIME>2026-11-20T10:00:00Z</DATETIME><CODE>${code}</CODE><TEXT>${text}</TEXT></RESPONSE></SIMPLE_RETURN>`;
}

function serviceResponse(code: string, message: string): string {
  return `<ServiceResponse><responseCode>${code}</responseCode><responseErrorDetails><errorMessage>${message}</errorMessage></responseErrorDetails></ServiceResponse>`;
}

function xml(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`<?xml version="1.0" encoding="UTF-8" ?>\n${body}`, {
    status,
    headers: { "content-type": "text/xml; charset=UTF-8", ...headers },
  });
}
