/**
 * Wiz: a token, what its scopes are, and one finding. An answer 200 may be an error: then `errors` says so.
 */
import { z } from "zod";
import type { Finding } from "../../core/preflight";
import type { Answer } from "../../http/answer";
import { hostOf } from "../hosts";
import { anonymous, definePreflight, inconclusive, ok } from "../preflight";
import { readError } from "./allowlist";
import { wiz } from "./connector";

const tokenSchema = z.object({ access_token: z.string().min(1), scope: z.string().optional() });
const answerSchema = z.object({
  data: z.object({ vulnerabilityFindings: z.object({ nodes: z.array(z.unknown()) }).nullish() }).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }))
    .nullish(),
});

const grant = (scope: string) => `Add ${scope}, or Read all, to the service account.`;

export const wizPreflight = definePreflight({
  connector: wiz,
  baseUrl: ({ apiEndpoint = "" }) => new URL(apiEndpoint).origin,
  impossible: {
    blockedBySourceAddress:
      "Wiz can restrict the addresses of service accounts, but what it answers to another one is not public.",
  },
  proves: "The service account is good, names the scope for resources in its token, and reads vulnerability findings.",
  doesNotProve:
    "A read of the graph: the arguments of that query are not public. Accounts of the older sign-in (Auth0).",
  open: ({ settings, credentials }, { connect }) => {
    const { clientId = "", clientSecret = "" } = credentials.fields;
    let token = "";
    let scopes: readonly string[] | undefined;
    const authority = connect({ url: tokenHost(settings.apiEndpoint ?? ""), readError });
    const session = connect({
      authorize: () => (token === "" ? anonymous : { headers: { Authorization: `Bearer ${token}` }, secrets: [token] }),
      readError,
    });
    return [
      {
        name: "token",
        ask: () =>
          authority.send({
            method: "POST",
            to: "/oauth/token",
            content: {
              type: "application/x-www-form-urlencoded",
              text: new URLSearchParams({
                grant_type: "client_credentials",
                client_id: clientId,
                client_secret: clientSecret,
                audience: "wiz-api",
              }).toString(),
            },
            secrets: [clientSecret],
            answers: {
              200: (answer) => {
                const granted = answer.json(tokenSchema);
                token = granted.access_token;
                scopes = granted.scope?.split(/[\s,]+/).filter((scope) => scope !== "");
                return ok("the service account is good");
              },
            },
          }),
      },
      { name: "resources", ask: async () => resourceScope(scopes) },
      {
        name: "vulnerabilities",
        ask: () =>
          session.send({
            method: "POST",
            to: "/graphql",
            body: { query: "query Preflight { vulnerabilityFindings(first: 1) { nodes { id } } }", variables: {} },
            answers: { 200: readFindings },
          }),
      },
    ];
  },
});

/** Cognito's host of the cloud that the endpoint is in. */
function tokenHost(apiEndpoint: string): string {
  return hostOf(apiEndpoint).endsWith(".wiz.us") ? "https://auth.app.wiz.us" : "https://auth.app.wiz.io";
}

/** The token says it; nothing is read. */
function resourceScope(scopes: readonly string[] | undefined): Finding {
  if (scopes === undefined || scopes.length === 0) {
    return inconclusive(
      "the token does not name its scopes",
      "Check that the service account has Read graph resource.",
    );
  }
  if (scopes.includes("read:resources") || scopes.includes("read:all")) return ok("has the scope for resources");
  return { result: "missingScope", found: "the scope for resources is missing", todo: grant("Read graph resource") };
}

function readFindings(answer: Answer): Finding {
  const { data, errors } = answer.json(answerSchema);
  const [error] = errors ?? [];
  if (error === undefined) {
    if (data?.vulnerabilityFindings === undefined || data.vulnerabilityFindings === null) {
      throw answer.breach("the body holds neither findings nor errors");
    }
    return ok("reads vulnerability findings");
  }
  const code = error.extensions?.code ?? "";
  const says = answer.redact(`${code} ${error.message}`.trim());
  const text = `${code} ${error.message}`;
  if (/rate.?limit|too many|throttl/i.test(text)) {
    return {
      result: "throttled",
      found: "the tenant's budget of requests is used up",
      says,
      todo: "Run it again later.",
    };
  }
  if (/unauthenticated|token.*(?:expired|invalid)/i.test(text)) {
    return {
      result: "denied",
      found: "the token is refused",
      says,
      todo: "Check that apiEndpoint belongs to the account's tenant.",
    };
  }
  if (/access denied|unauthorized|forbidden|permission|scope/i.test(text)) {
    const found = "the scope for vulnerabilities is missing";
    return { result: "missingScope", found, says, todo: grant("Read vulnerabilities") };
  }
  return { ...inconclusive("the query failed", "Run it again later; if it stays, ask Wiz."), says };
}
