/** The dialect of the Microsoft REST API Guidelines, with a bearer token: the Connection API and its relatives. */
import { askToken, type TokenSource } from "./auth";
import type { Dialect, ErrorReader } from "./dialect";
import type { HintQuestion } from "./errors";
import {
  type Access,
  createTransport,
  defaultRequestTimeoutMs,
  type Transport,
  type TransportOptions,
} from "./transport";

export interface MicrosoftTransportOptions extends Omit<TransportOptions, "authorize" | "dialect"> {
  readonly token: TokenSource;
  /** Reads the service's error bodies. */
  readonly readError: ErrorReader;
  /** What a caller needs to be allowed this, as a sentence, for a 403. */
  readonly advice?: (access: Access) => string;
  /** Where another service of Microsoft's differs from the Connection API. */
  readonly dialect?: Partial<Dialect>;
}

/** @throws MsemError MSEM_CONFIGURATION for an unusable endpoint */
export function createMicrosoftTransport(options: MicrosoftTransportOptions): Transport {
  const { token, readError, advice, dialect: differences, ...rest } = options;
  const limitMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  return createTransport({
    ...rest,
    dialect: (access) => ({ ...dialect(readError, advice?.(access)), ...differences }),
    authorize: async (refresh) => {
      const value = await askToken(token, limitMs, refresh);
      return { headers: { Authorization: `Bearer ${value}` }, secrets: [value] };
    },
  });
}

function dialect(readError: ErrorReader, advice: string | undefined): Dialect {
  return {
    requestIdHeaders: ["x-ms-request-id"],
    clientRequestIdHeader: "x-ms-client-request-id",
    errorCodeHeader: "x-ms-error-code",
    readError,
    hint: (question) => hintOf(question, advice),
  };
}

/** What surprises people who changed the token between `up` and `destroy`. */
const storedToken =
  "On refresh and destroy Pulumi uses the token of the last `up` where it is stored in the configuration, so it may be " +
  "the old one: run `up` with the new token first.";

const somethingElse =
  "Is this the endpoint of the Connection API? A proxy or a sign-in page may have answered instead.";

function hintOf({ code, foreignBody, later }: HintQuestion, advice: string | undefined): string | undefined {
  switch (code) {
    case "MSEM_NETWORK":
      return "Check the endpoint (msem:endpoint or MSEM_ENDPOINT), DNS, firewall and the proxy settings (HTTPS_PROXY, NO_PROXY).";
    case "MSEM_UNAUTHENTICATED":
      return (
        "The token may be stale. Renew it: set msem:token (or MSEM_TOKEN) to a fresh one, make msem:token a reference " +
        `({ fromEnvironment }), or sign in through Microsoft Entra. ${storedToken}`
      );
    case "MSEM_FORBIDDEN":
      return advice === undefined ? storedToken : `${advice} ${storedToken}`;
    case "MSEM_THROTTLED":
    case "MSEM_UNAVAILABLE":
      return later;
    case "MSEM_PROTOCOL":
      return foreignBody === undefined
        ? "Check the endpoint: it must be the address of the Connection API itself."
        : somethingElse;
    default:
      return foreignBody === undefined ? undefined : somethingElse;
  }
}
