/** Requests to a product's own API: the same care as for the Connection API, in the product's own dialect. */
import type { Answer } from "./answer";
import type { Authorize, Dialect } from "./dialect";
import type { HintQuestion, ServiceError } from "./errors";
import { type Call, createTransport, type Transport, type TransportOptions } from "./transport";

export interface VendorTransportOptions
  extends Pick<TransportOptions, "endpoint" | "requestTimeoutMs" | "retry" | "maxAnswerBytes" | "now" | "sleep"> {
  /** How the product is called in messages. */
  readonly product: string;
  readonly authorize: Authorize;
  readonly requestIdHeaders?: Dialect["requestIdHeaders"];
  readonly readError?: Dialect["readError"];
  readonly retryAfterMs?: Dialect["retryAfterMs"];
  /** The way out of what is special about this product; undefined for the ordinary one. */
  readonly hint?: Dialect["hint"];
}

/** @throws MsemError MSEM_CONFIGURATION for an unusable endpoint */
export function createVendorTransport(options: VendorTransportOptions): Transport {
  const { product, authorize, requestIdHeaders, readError, retryAfterMs, hint, ...rest } = options;
  const dialect: Dialect = {
    product,
    requestIdHeaders: requestIdHeaders ?? [],
    readError: readError ?? (() => undefined),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    hint: (question) => hint?.(question) ?? ordinaryHint(product, question),
  };
  const transport = createTransport({ ...rest, authorize, dialect: () => dialect });
  return { ...transport, send: (call) => transport.send({ ...call, answers: withoutPages(call.answers) }) };
}

/** A page under a status of success is a gateway's or a sign-in, also where the body of the answer does not matter. */
function withoutPages<T>(answers: Call<T>["answers"]): Call<T>["answers"] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, read]) => [
      status,
      (answer: Answer): T => {
        if (/^\s*<(?:!doctype html|html)/i.test(answer.text)) throw answer.breach("the body is HTML");
        return read(answer);
      },
    ]),
  );
}

/** An error body that is one message, with a code where there is one. */
export function vendorError(message: unknown, code: unknown = ""): ServiceError | undefined {
  if (typeof message !== "string" || message === "") return undefined;
  return { code: typeof code === "string" || typeof code === "number" ? String(code) : "", message, details: [] };
}

function ordinaryHint(product: string, { code, foreignBody, later }: HintQuestion): string | undefined {
  switch (code) {
    case "MSEM_NETWORK":
    case "MSEM_TIMEOUT":
      return "Check the address, DNS, firewall and the proxy settings (HTTPS_PROXY, NO_PROXY).";
    case "MSEM_UNAUTHENTICATED":
      return `${product} does not accept the credential.`;
    case "MSEM_FORBIDDEN":
      return `The account lacks a right in ${product}, or ${product} blocks this machine's address.`;
    case "MSEM_THROTTLED":
    case "MSEM_UNAVAILABLE":
      return later;
    default:
      return foreignBody === undefined
        ? undefined
        : `Is this the address of ${product}'s API? A proxy or a sign-in page may have answered instead.`;
  }
}
