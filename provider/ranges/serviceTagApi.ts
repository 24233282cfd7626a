/** The service tags as Azure Resource Manager lists them: all pages of the list as one document. */
import { z } from "zod";
import { MsemError } from "../core/errors";
import { apiAnswerSchema, parseServiceTags } from "../core/servicetags/index";
import { askToken, type TokenSource } from "../http/auth";
import { download } from "../http/download";
import { parseEndpoint } from "../http/endpoint";
import { showUrl } from "../http/redact";
import { asAnswer, endpointOf, type Fetched, type Fetching } from "./fetched";
import { decodeText } from "./readText";
import type { Cloud, ServiceTagApiSource } from "./sources";

/** Azure Resource Manager of each cloud. */
const managers: Readonly<Record<Cloud, string>> = {
  Public: "https://management.azure.com",
  AzureGovernment: "https://management.usgovcloudapi.net",
  China: "https://management.chinacloudapi.cn",
};

const apiVersion = "2025-05-01";

/** The whole list fits into one answer today: this ends a circle of links, not a list. */
const maxPages = 100;

const tokenLimitMs = 30_000;

/** The address of Azure Resource Manager, as the source or the environment has it. */
export function managerOf(source: ServiceTagApiSource, fetching: Pick<Fetching, "environment">): string {
  return parseEndpoint(endpointOf(fetching, source.endpoint, "MSEM_ARM_URL", managers[source.cloud]).href).href;
}

/**
 * All pages, as one answer.
 *
 * @throws MsemError MSEM_INVALID for a subscription or location that cannot be one, MSEM_UNAUTHENTICATED, MSEM_FORBIDDEN,
 * MSEM_PROTOCOL for an answer that is none, or that changed from one page to the next
 */
export async function fetchServiceTags(source: ServiceTagApiSource, fetching: Fetching): Promise<Fetched> {
  const base = managerOf(source, fetching);
  const { origin } = new URL(base);
  const { subscriptionId, location } = judgeSource(source);
  const token = await askToken(tokenSource(source, base, fetching), tokenLimitMs);
  const first = `${base}/subscriptions/${subscriptionId}/providers/Microsoft.Network/locations/${location}/serviceTags?api-version=${apiVersion}`;

  const seen = new Set<string>();
  const pages: z.infer<typeof apiAnswerSchema>[] = [];
  let next: string | undefined = first;
  while (next !== undefined) {
    if (seen.has(next)) throw protocol(first, "its links go in a circle");
    if (seen.size >= maxPages) throw protocol(first, `it has more than ${maxPages} pages`);
    seen.add(next);
    fetching.progress(`Asking Azure Resource Manager for the service tags, page ${seen.size}`);
    const page = await getPage(next, token, fetching);
    if (pages[0] !== undefined && page.changeNumber !== pages[0].changeNumber) {
      throw protocol(first, "the list changed while it was read", "Run it again.");
    }
    pages.push(page);
    next = nextPage(page.nextLink, next, origin);
  }
  const [head] = pages;
  if (head === undefined) throw protocol(first, "there was no page");
  const values = pages.flatMap((page) => page.values);
  const { nextLink: _nextLink, ...rest } = head;
  const text = JSON.stringify({ ...rest, changeNumber: String(head.changeNumber), values });
  return { text, url: showUrl(first), validators: {} };
}

async function getPage(url: string, token: string, { settings }: Fetching): Promise<z.infer<typeof apiAnswerSchema>> {
  const answer = await download(
    {
      url,
      what: "the service-tag API",
      accept: "application/json",
      token,
      readError,
      hint: "The caller needs Microsoft.Network/locations/*/serviceTags/read on the subscription, and the location must be a region of its cloud.",
    },
    settings,
  );
  const origin = "the answer of the service-tag API";
  const text = answer.kind === "body" ? decodeText(answer.bytes) : undefined;
  if (text === undefined) throw protocol(url, "the answer is not text");
  // Judged first for what it is, so that a sign-in page is called one.
  const document = asAnswer(() => parseServiceTags(text, origin));
  const page = apiAnswerSchema.safeParse(JSON.parse(text.replace(/^\ufeff/, "")));
  if (document.counter !== "api" || !page.success)
    throw protocol(url, "the answer is a weekly file, not one of the API");
  return page.data;
}

/** A link that the service gave, when it leads back to the service: the token goes nowhere else. */
function nextPage(link: string | null | undefined, from: string, origin: string): string | undefined {
  if (link === undefined || link === null || link === "") return undefined;
  const url = URL.canParse(link, from) ? new URL(link, from) : undefined;
  if (url?.origin !== origin || url.username !== "" || url.password !== "") {
    throw protocol(from, `the link to the next page leads elsewhere (${showUrl(url ?? link)})`);
  }
  return url.href;
}

function protocol(url: string, what: string, hint?: string): MsemError {
  return new MsemError("MSEM_PROTOCOL", `the service-tag API at ${showUrl(url)}: ${what}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

const errorSchema = z.looseObject({ error: z.looseObject({ code: z.string(), message: z.string() }) });

function readError(body: Uint8Array): string | undefined {
  try {
    const parsed = errorSchema.safeParse(JSON.parse(decodeText(body) ?? ""));
    return parsed.success ? `${parsed.data.error.code}: ${parsed.data.error.message}` : undefined;
  } catch {
    return undefined;
  }
}

/** Both go into the path of a request that carries a token. */
function judgeSource({ subscriptionId, location }: ServiceTagApiSource): { subscriptionId: string; location: string } {
  const region = location.toLowerCase().replaceAll(" ", "");
  const problems = [
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscriptionId)
      ? undefined
      : "subscriptionId: must be a GUID, such as 00000000-0000-0000-0000-000000000000",
    /^[a-z0-9]{2,40}$/.test(region) ? undefined : "location: must be the name of a region, such as westeurope",
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) {
    throw new MsemError("MSEM_INVALID", `the source serviceTagApi has problems\n  ${problems.join("\n  ")}`);
  }
  return { subscriptionId: subscriptionId.toLowerCase(), location: region };
}

function tokenSource({ token }: ServiceTagApiSource, base: string, { environment }: Fetching): TokenSource {
  if (typeof token === "string") return async () => token;
  if (typeof token === "function") return token;
  if (token === undefined) return signedIn(`${base}/.default`);
  const value = environment(token.fromEnvironment);
  if (value !== undefined && value !== "") return async () => value;
  throw new MsemError("MSEM_CONFIGURATION", `the environment variable ${token.fromEnvironment} is not set`, {
    hint: "It should hold an access token for Azure Resource Manager.",
  });
}

/** By whichever way the machine offers (workload identity, CLI, environment). */
function signedIn(scope: string): TokenSource {
  return async () => {
    // Loaded late: it is large, and most sources need no token.
    const { DefaultAzureCredential } = require("@azure/identity") as typeof import("@azure/identity");
    try {
      return (await new DefaultAzureCredential().getToken(scope)).token;
    } catch (error) {
      // The library's message lists the ways that it tried, and no secret; its cause may hold requests.
      const tried = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown error";
      throw new MsemError("MSEM_UNAUTHENTICATED", `no token from Microsoft Entra for scope ${scope}: ${tried}`, {
        hint: "Sign in with `az login`, give the runner a workload identity, or give the source a token.",
      });
    }
  };
}
