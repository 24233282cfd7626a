/** What a failed request of a pre-flight means: the way there, the place, the credential or a right. */
import type { ConnectorDescriptor } from "../core/connector/define";
import type { MsemError } from "../core/errors";
import type { Finding } from "../core/preflight";
import { oneLine } from "../http/redact";
import { isCertificateCode } from "../http/retry";
import { brokenOff } from "../http/transport";
import type { PreflightDefinition } from "./preflight";

export interface Way {
  /** Seconds that a check may take. */
  readonly limitSeconds: number;
  /** The proxy that the environment names; undefined for none, or where it is not asked. */
  readonly proxy?: { readonly variable: string; readonly host: string };
}

const shownWords = 300;

export function findingOf(
  error: MsemError,
  check: string,
  { connector, explain, impossible }: PreflightDefinition,
  way: Way,
): Finding {
  const usual = usualFinding(error, connector, way);
  const special = explain?.(error, check);
  const finding = { ...usual, ...special };
  const words = wordsOf(error);
  const id = error.details.requestId;
  return {
    ...finding,
    ...(words === undefined || finding.says !== undefined ? {} : { says: words }),
    ...(id === undefined ? {} : { requestId: id }),
    ...todo(finding, connector, impossible.blockedBySourceAddress !== undefined),
  };
}

/** A refused credential may be a refused address, where the product's answer does not tell: both are named. */
function todo(finding: Finding, { vendor }: ConnectorDescriptor, addressIsNotTold: boolean): Pick<Finding, "todo"> {
  const blocked =
    finding.result === "denied" && addressIsNotTold
      ? ` ${vendor} may also refuse this machine's address: its answer does not tell the two apart.`
      : "";
  const text = `${finding.todo ?? ""}${blocked}`.trim();
  return text === "" ? {} : { todo: text };
}

/** The product's code and sentence; else what stands there instead. */
function wordsOf({ details: { status, serviceCode, serviceMessage } }: MsemError): string | undefined {
  if (status === undefined || status < 400) return undefined;
  const parts = [String(status), serviceCode, serviceMessage].filter((part) => part !== undefined && part !== "");
  return oneLine([...new Set(parts)].join(" "), shownWords);
}

function usualFinding(error: MsemError, connector: ConnectorDescriptor, way: Way): Finding {
  const { status, foreignBody } = error.details;
  const { vendor } = connector;
  const remedy = remedyFor(connector, status);
  switch (error.code) {
    case "MSEM_NETWORK":
      return networkFinding(error, vendor, way);
    case "MSEM_TIMEOUT":
      if (status !== undefined) break;
      return {
        result: "unreachable",
        found: `no whole answer within ${way.limitSeconds} s`,
        todo: `The product may be overloaded, or a firewall${proxyWords(way)} drops or delays the traffic.`,
      };
    case "MSEM_THROTTLED":
      return { result: "throttled", found: "the budget of requests is used up", todo: laterThan(error) };
    case "MSEM_UNAUTHENTICATED":
      return { result: "denied", found: "the credential is refused", ...remedy };
    case "MSEM_FORBIDDEN":
      if (foreignBody !== undefined && foreignBody !== "JSON of another kind") break;
      return { result: "missingScope", found: "a right is missing", ...remedy };
    default:
  }
  if (status === 407) {
    return {
      result: "unreachable",
      found: `the proxy${way.proxy === undefined ? "" : ` ${way.proxy.host}`} asks for a user name and password`,
      todo: `Put them into ${way.proxy?.variable ?? "HTTPS_PROXY"}: https://user:password@host:port.`,
    };
  }
  if (status !== undefined && (status >= 500 || status === 408)) {
    return {
      result: "inconclusive",
      found: `${vendor}, or a gateway in front of it, has trouble at the moment`,
      todo: "Run it again later.",
    };
  }
  if (foreignBody === brokenOff) {
    return {
      result: "inconclusive",
      found: brokenOff,
      todo: "Run it again; something in between may cut answers off.",
    };
  }
  if (foreignBody !== undefined || error.code === "MSEM_PROTOCOL" || error.code === "MSEM_NOT_FOUND") {
    const answer = error.code === "MSEM_NOT_FOUND" ? "is not there" : "does not answer";
    const otherwise = `A proxy${proxyWords(way)}, a sign-in page or a firewall may also have answered instead.`;
    return {
      result: "wrongEndpoint",
      found: `the API of ${vendor} ${answer}${foreignBody === undefined ? "" : `: ${foreignBody}`}`,
      todo: `${(error.code === "MSEM_NOT_FOUND" ? remedy.todo : undefined) ?? "Check the address."} ${otherwise}`,
    };
  }
  return {
    result: "inconclusive",
    found: `${vendor} gave an answer that its documents do not describe`,
    todo: remedy.todo ?? "Try the same read by hand, and tell us the answer.",
  };
}

function networkFinding({ details: { networkCode = "" } }: MsemError, vendor: string, way: Way): Finding {
  const code = networkCode === "" ? "" : ` (${networkCode})`;
  if (networkCode === "ERR_INVALID_CHAR") {
    return {
      result: "denied",
      found: `the credential holds characters that a request cannot carry${code}`,
      todo: "It was probably pasted with something around it: copy it again.",
    };
  }
  const unreachable = (found: string, todo: string): Finding => ({
    result: "unreachable",
    found: `${found}${code}`,
    todo,
  });
  if (isCertificateCode(networkCode)) {
    const clock = /EXPIRED|NOT_YET_VALID/.test(networkCode) ? " Check this machine's clock, too." : "";
    return unreachable(
      "TLS: the server's certificate is not trusted",
      `Behind an inspecting proxy, name its root certificate in NODE_EXTRA_CA_CERTS.${clock}`,
    );
  }
  if (networkCode === "EPROTO" || networkCode.startsWith("ERR_SSL") || networkCode.startsWith("ERR_TLS")) {
    return unreachable("TLS: no common way to encrypt", "Does the port speak TLS? Something in between may interfere.");
  }
  if (way.proxy !== undefined) {
    return unreachable(
      `proxy: ${way.proxy.host} does not let the connection through`,
      `${way.proxy.variable} names it; NO_PROXY would go past it.`,
    );
  }
  if (networkCode === "ENOTFOUND" || networkCode === "EAI_AGAIN") {
    return unreachable(
      "DNS: the host name is not known",
      "Check its spelling, and that this machine resolves public names.",
    );
  }
  return unreachable(
    networkCode === "ECONNREFUSED" ? "connection: nothing listens there" : "connection: it failed or broke off",
    `Check the address of ${vendor}, the firewall and whether a proxy is needed (HTTPS_PROXY).`,
  );
}

/** What the product's own page says of this status. */
function remedyFor({ troubles }: ConnectorDescriptor, status: number | undefined): { readonly todo?: string } {
  const trouble = troubles.find(({ symptom }) => status !== undefined && symptom.startsWith(String(status)));
  return trouble === undefined ? {} : { todo: `${trouble.meaning} ${trouble.remedy}` };
}

function laterThan({ details: { hint } }: MsemError): string {
  return hint ?? "Run it again later.";
}

function proxyWords({ proxy }: Way): string {
  return proxy === undefined ? "" : ` (${proxy.variable} names ${proxy.host})`;
}
