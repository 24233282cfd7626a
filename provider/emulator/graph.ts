/**
 * A stand-in for Microsoft Graph's advanced hunting that answers the documented queries and nothing else: it reads no
 * KQL. The queries stand here again, as Microsoft's pages have them, so that a slip in ours is a 400.
 */
import { Hono } from "hono";
import { defineEmulator } from "../vendors/emulate";
import { bearerOf, type IdentityStore, mountIdentity, newIdentity } from "./identity";

export interface GraphStore extends IdentityStore {
  /** What each product's query counts; a product that is not here counts nothing. */
  counts: Record<string, number>;
  /** Tokens that are good besides those of the identity endpoint. */
  knownTokens: string[];
  /** Whether the caller has ThreatHunting.Read.All. */
  mayHunt: boolean;
  /** Calls that a minute lets through. */
  callsPerMinute: number;
  /** Times of the calls of the last minute, in milliseconds since 1970. */
  calls: number[];
  /** Sent as it is instead of an answer, with status 200. */
  answerInstead?: string;
}

const graphResource = "https://graph.microsoft.com";

/** Normalised query → product. */
const queries: Readonly<Record<string, string>> = {
  'ExposureGraphNodes | where NodeProperties contains ("serviceNowCmdbAssetInfo") | count': "serviceNow",
  'ExposureGraphNodes | where EntityIds contains ("QualysAssetId") | count': "qualys",
  'ExposureGraphEdges | where EdgeLabel == "affecting" | where tostring(EdgeProperties.rawData.reportInfo.reportedBy) == "rapid7" or (SourceNodeLabel == "Cve" and isnotempty(EdgeProperties.rawData.rapid7ReportInfo)) | count':
    "rapid7",
  'ExposureGraphEdges | where EdgeLabel == "affecting" | where tostring(EdgeProperties.rawData.reportInfo.reportedBy) == "tenable" or (SourceNodeLabel == "Cve" and isnotempty(EdgeProperties.rawData.tenableReportInfo)) | count':
    "tenable",
};

export const graphEmulator = defineEmulator<GraphStore>({
  name: "graph",
  displayName: "Microsoft Graph, advanced hunting",
  store: () => ({ ...newIdentity(), counts: {}, knownTokens: [], mayHunt: true, callsPerMinute: 45, calls: [] }),
  requestIdHeader: "request-id",
  problem: (status) => problem(status, codes[status] ?? "generalException", `Refused with ${status}`),
  routes: (tools) => {
    const { store } = tools;
    const app = new Hono();
    mountIdentity(app, tools);
    app.post("/v1.0/security/runHuntingQuery", async (context) => {
      const token = bearerOf(context.req.header("authorization"));
      if (token === "") return problem(401, "InvalidAuthenticationToken", "Access token is empty.");
      if (!store().knownTokens.includes(token) && store().tokens[token] !== graphResource) {
        return problem(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.");
      }
      if (!store().mayHunt) {
        return problem(
          403,
          "Forbidden",
          "Missing application roles. API required roles: ThreatHunting.Read.All, application roles: .",
        );
      }
      const late = overQuota(store(), tools.now().getTime());
      if (late !== undefined) {
        const refused = problem(429, "TooManyRequests", "The tenant's quota of advanced hunting calls is used up.");
        refused.headers.set("retry-after", String(late));
        return refused;
      }
      const query = await queryOf(context.req.raw);
      const product = query === undefined ? undefined : queries[query.replace(/\s+/g, " ").trim()];
      if (product === undefined)
        return problem(400, "BadRequest", "Query execution failed: this stand-in knows no such query.");
      const { answerInstead } = store();
      if (answerInstead !== undefined) {
        return new Response(answerInstead, { headers: { "content-type": "application/json" } });
      }
      return Response.json({
        "@odata.context": `${graphResource}/v1.0/$metadata#microsoft.graph.security.huntingQueryResults`,
        schema: [{ name: "Count", type: "Int64" }],
        results: [{ Count: store().counts[product] ?? 0 }],
      });
    });
    app.notFound(() => problem(404, "ResourceNotFound", "There is nothing here."));
    return app;
  },
});

/** Seconds until a call is let through again; undefined when this one is, and counts. */
function overQuota(store: GraphStore, now: number): number | undefined {
  store.calls = store.calls.filter((at) => at > now - 60_000);
  const [oldest] = store.calls;
  if (oldest !== undefined && store.calls.length >= store.callsPerMinute) {
    return Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000));
  }
  store.calls.push(now);
  return undefined;
}

async function queryOf(request: Request): Promise<string | undefined> {
  try {
    const body = (await request.json()) as { Query?: unknown };
    return typeof body.Query === "string" ? body.Query : undefined;
  } catch {
    return undefined;
  }
}

const codes: Readonly<Record<number, string>> = {
  401: "InvalidAuthenticationToken",
  403: "Forbidden",
  429: "TooManyRequests",
  503: "ServiceUnavailable",
};

function problem(status: number, code: string, message: string): Response {
  const innerError = { date: "2026-11-24T00:00:00", "request-id": "", "client-request-id": "" };
  return Response.json({ error: { code, message, innerError } }, { status });
}
