/** Microsoft Graph's advanced hunting, as far as one number: `POST /v1.0/security/runHuntingQuery`. */
import { z } from "zod";
import type { TokenSource } from "../http/auth";
import type { Dialect, ErrorReader } from "../http/dialect";
import type { HintQuestion } from "../http/errors";
import { createMicrosoftTransport } from "../http/microsoft";
import { defaultRetryPolicy, type RetryPolicy } from "../http/retry";
import { defaultGraphEndpoint } from "./cloud";
import type { Quota } from "./quota";

/** What a token needs, as an application or for a person. */
export const huntingPermission = "ThreatHunting.Read.All";

export interface HuntingOptions {
  /** @default "https://graph.microsoft.com" */
  readonly endpoint?: string;
  readonly token: TokenSource;
  readonly quota: Quota;
  /** Limit of one attempt. Hunting may take long: Microsoft ends a query after 180 s. Default 60,000 ms. */
  readonly requestTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Clock in ms since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface HuntingClient {
  /**
   * The number that a query ends in.
   *
   * @throws MSEM_FORBIDDEN without ThreatHunting.Read.All; MSEM_THROTTLED when the quota is used up; MSEM_PROTOCOL for
   *   an answer that is no single number
   */
  count(query: string): Promise<number>;
}

const answerSchema = z.object({
  schema: z.array(z.object({ name: z.string(), type: z.string() })),
  results: z.array(z.record(z.string(), z.unknown())),
});
const countSchema = z.number().int().min(0);
const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

const defaultTimeoutMs = 60_000;

/** @throws MSEM_CONFIGURATION for an unusable endpoint */
export function createHuntingClient(options: HuntingOptions): HuntingClient {
  const { endpoint = defaultGraphEndpoint, token, quota, retry, now } = options;
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const limitMs = retry?.totalMs ?? defaultRetryPolicy.totalMs;
  const transport = createMicrosoftTransport({
    endpoint,
    token,
    readError,
    dialect: graphDialect,
    requestTimeoutMs: options.requestTimeoutMs ?? defaultTimeoutMs,
    ...(retry === undefined ? {} : { retry }),
    ...(now === undefined ? {} : { now }),
    // A repeat is a call too.
    sleep: async (ms) => {
      await sleep(ms);
      await quota.enter(limitMs);
    },
  });
  return {
    async count(query) {
      await quota.enter(limitMs);
      return transport.send<number>({
        method: "POST",
        to: "/v1.0/security/runHuntingQuery",
        body: { Query: query },
        access: "read",
        repeatable: true,
        answers: {
          200: (answer) => {
            const { schema, results } = answer.json(answerSchema);
            const [column, ...others] = schema;
            const [row, ...rest] = results;
            if (column === undefined || row === undefined || others.length + rest.length > 0) {
              throw answer.breach(`a count is one row of one column, not ${results.length} of ${schema.length}`);
            }
            const count = countSchema.safeParse(row[column.name]);
            if (!count.success) throw answer.breach("the count is no whole number");
            return count.data;
          },
        },
      });
    },
  };
}

const readError: ErrorReader = (json) => {
  const parsed = errorSchema.safeParse(json);
  return parsed.success ? { ...parsed.data.error, details: [] } : undefined;
};

const graphDialect: Partial<Dialect> = {
  product: "Microsoft Graph",
  requestIdHeaders: ["request-id"],
  clientRequestIdHeader: "client-request-id",
  hint: hintOf,
};

function hintOf({ code, foreignBody, later }: HintQuestion): string | undefined {
  switch (code) {
    case "MSEM_NETWORK":
      return "Check DNS, firewall and the proxy settings (HTTPS_PROXY, NO_PROXY), and msem:graphEndpoint if it is set.";
    case "MSEM_UNAUTHENTICATED":
      return "Sign in with `az login`, give the runner a workload identity, or set msem:graphToken (MSEM_GRAPH_TOKEN) to a fresh token for Microsoft Graph.";
    case "MSEM_FORBIDDEN":
      return `The token needs the permission ${huntingPermission} (of the application, or of the person who signed in).`;
    case "MSEM_THROTTLED":
    case "MSEM_UNAVAILABLE":
      return later;
    default:
      return foreignBody === undefined
        ? undefined
        : "Is this Microsoft Graph? A proxy or a sign-in page may have answered instead.";
  }
}
