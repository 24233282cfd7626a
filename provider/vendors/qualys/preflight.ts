/** Qualys: how many assets the user sees, then one entry of the KnowledgeBase: the two calls of Microsoft's page. */
import type { MsemError } from "../../core/errors";
import type { Finding } from "../../core/preflight";
import type { Answer } from "../../http/answer";
import { vendorError } from "../../http/vendor";
import { basic, definePreflight, inconclusive, ok, refuse } from "../preflight";
import { qualys } from "./connector";
import { readQualysXml } from "./xml";

/** Any one of the KnowledgeBase: without `ids` the whole of it would be downloaded. */
const qid = "86002";

export const qualysPreflight = definePreflight({
  connector: qualys,
  baseUrl: ({ apiServer = "" }) => `https://${apiServer}`,
  impossible: {
    blockedBySourceAddress:
      "What the API answers to an address that the subscription does not allow is not documented.",
  },
  proves: "The user is good on this platform, counts assets and reads the KnowledgeBase.",
  doesNotProve: "That all assets are in the user's scope.",
  explain,
  open: ({ credentials }, { connect }) => {
    const { username = "", password = "" } = credentials.fields;
    const session = connect({
      authorize: () => {
        const { headers, secrets } = basic(username, password);
        // Every call of the older API needs the second header, with any value.
        return { headers: { ...headers, Accept: "application/xml", "X-Requested-With": "pulumi-msem" }, secrets };
      },
      readError: (_json, { body }) => {
        const answer = readQualysXml(body ?? "");
        return answer === undefined ? undefined : vendorError(answer.text ?? answer.code, answer.code);
      },
      retryAfterMs: (header) => waitMs(header("x-ratelimit-towait-sec")),
    });
    return [
      {
        name: "assets",
        ask: () =>
          session.send({
            method: "POST",
            to: "/qps/rest/2.0/count/am/hostasset",
            content: { type: "text/xml", text: "<ServiceRequest></ServiceRequest>" },
            answers: { 200: readAssets, 409: conflict },
          }),
      },
      {
        name: "knowledgeBase",
        ask: () =>
          session.send({
            method: "POST",
            to: "/api/2.0/fo/knowledge_base/vuln/",
            content: {
              type: "application/x-www-form-urlencoded",
              text: new URLSearchParams({ action: "list", ids: qid, details: "None" }).toString(),
            },
            answers: { 200: readKnowledgeBase, 409: conflict },
          }),
      },
    ];
  },
});

/** Some calls answer 200 with an error in the body. */
function readAssets(answer: Answer): Finding {
  const { root, code, text, count } = readQualysXml(answer.text) ?? {};
  if (root !== "ServiceResponse" || code === undefined) throw answer.breach("the body is no ServiceResponse of Qualys");
  if (code === "SUCCESS") {
    if (count === 0) {
      return inconclusive(
        "no asset is visible",
        'Either there is none yet, or none is in the user\'s scope: "Allow user view access to all objects".',
      );
    }
    return ok(`counts ${count === undefined ? "" : `${count.toLocaleString("en-US")} `}assets${budget(answer)}`);
  }
  const says = answer.redact(text === undefined ? code : `${code} ${text}`);
  switch (code) {
    case "UNAUTHORIZED":
      return {
        result: "missingScope",
        found: "the user may not read assets",
        says,
        todo: "Give the user's role API Access and, for the module Asset View, Read Asset; and assets in its scope.",
      };
    case "LIMIT_EXCEEDED":
      return { result: "throttled", found: "the subscription's limit is reached", says, todo: later(answer) };
    default:
      return { ...inconclusive("the count was refused", "Run it again later; if it stays, ask Qualys."), says };
  }
}

function readKnowledgeBase(answer: Answer): Finding {
  const { root, code, text } = readQualysXml(answer.text) ?? {};
  if (root === "KNOWLEDGE_BASE_VULN_LIST_OUTPUT") return ok(`reads the KnowledgeBase${budget(answer)}`);
  if (root !== "SIMPLE_RETURN" || code === undefined) throw answer.breach("the body is no KnowledgeBase of Qualys");
  const says = answer.redact(text === undefined ? code : `${code} ${text}`);
  return { ...byCode(code, "knowledgeBase"), says };
}

/** 409 has five meanings; the two that time mends say when. */
function conflict(answer: Answer): Finding {
  const { code } = readQualysXml(answer.text) ?? {};
  if (code !== "1960" && code !== "1965") return refuse(answer);
  const { message } = answer.serviceError() ?? {};
  return { ...byCode(code, ""), says: answer.redact(`409 ${code} ${message ?? ""}`.trim()), todo: later(answer) };
}

function explain({ details: { serviceCode, status } }: MsemError, check: string): Partial<Finding> | undefined {
  if (status === 429) return undefined;
  if (serviceCode !== undefined && /^\d+$/.test(serviceCode)) return byCode(serviceCode, check);
  return status === 409 ? byCode("", check) : undefined;
}

const once = "Use a user for this connector alone, and move other API jobs to other hours.";

/** What a code means, whatever the HTTP status: the status of one and the same code differs between pages. */
function byCode(code: string, check: string): Finding {
  switch (code) {
    case "2000":
      return {
        result: "denied",
        found: "user name or password is refused",
        todo: "Check both, API Access of the user's role, and the platform of apiServer: Qualys answers alike.",
      };
    case "2002":
      return { result: "denied", found: "the user is inactive", todo: "Activate it in Qualys." };
    case "2003":
      return {
        result: "denied",
        found: "the user's registration is not finished",
        todo: "Sign in once in the console.",
      };
    case "2011":
      return { result: "denied", found: "the user signs in with SecurID", todo: "Use a user with a password alone." };
    case "2012":
      return {
        result: "missingScope",
        found: check === "knowledgeBase" ? "the KnowledgeBase is not licensed" : "the licence does not cover this API",
        todo: `Ask Qualys for API access to ${check === "knowledgeBase" ? "the KnowledgeBase" : "assets"}.`,
      };
    case "1960":
      return { result: "throttled", found: "too many calls at the same time", todo: once };
    case "1965":
      return { result: "throttled", found: "the subscription's limit of calls is reached", todo: once };
    case "999":
    case "1999":
      return {
        result: "inconclusive",
        found: code === "1999" ? "Qualys is under maintenance" : "Qualys failed internally",
        todo: "Run it again later.",
      };
    default:
      return inconclusive(
        code === "" ? "Qualys refused the call without a code" : `Qualys refused the call with code ${code}`,
        "Microsoft's page reads 409 as a missing right to the KnowledgeBase: check that the user has it; then ask Qualys.",
      );
  }
}

/** What is left, where the answer tells; two pages of Qualys spell the headers differently. */
function budget(answer: Answer): string {
  const left = answer.header("x-ratelimit-remaining");
  const limit = answer.header("x-ratelimit-limit");
  const running = answer.header("x-concurrency-limit-running") ?? answer.header("x-concurrencylimit-running");
  const most = answer.header("x-concurrency-limit-limit") ?? answer.header("x-concurrencylimit-limit");
  const parts = [
    left === undefined || limit === undefined ? undefined : `${left} of ${limit} calls left`,
    running === undefined || most === undefined ? undefined : `${running} of ${most} at the same time`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function later(answer: Answer): string {
  const wait = waitMs(answer.header("x-ratelimit-towait-sec"));
  return wait === undefined ? once : `Run it again in ${wait / 1_000} s. ${once}`;
}

function waitMs(seconds: string | undefined): number | undefined {
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) && seconds !== "0" ? Number(seconds) * 1_000 : undefined;
}
