/**
 * Wiz's IP restrictions of service accounts. Experimental: no public document describes them. That a mutation
 * `UpdateIPRestrictions` exists, its two input fields and their values as prefixes are known from an audit event of a real
 * tenant; the query, the spelling of the mutation in the schema, whole-list replacement, the meaning of an empty list and
 * the scopes are inferred.
 *
 * A bare list without version or marks: read, merge, write, read again, and what is ours is known from state. The list of
 * users is sent back as it was read, because what an omitted field means is not known.
 */
import { z } from "zod";
import { type ErrorCode, MsemError } from "../../core/errors";
import { type ObservedAllowlist, observedEntry } from "../../core/targets/entries";
import type { Plan } from "../../core/targets/plan";
import {
  defineTarget,
  type TargetAccount,
  type TargetSession,
  type TargetSurroundings,
} from "../../core/targets/target";
import type { Answer } from "../../http/answer";
import type { Authorize } from "../../http/dialect";
import { oneLine } from "../../http/redact";
import { keepSignedIn } from "../../http/signIn";
import type { Transport } from "../../http/transport";
import { createVendorTransport, type VendorTransportOptions, vendorError } from "../../http/vendor";
import { placeOf, serviceUrl } from "../serviceUrl";
import { wiz } from "./connector";

/** At most three requests per second and tenant, over all integrations; by a public client. */
const pauseMs = 334;

const selection = "{ serviceAccountAccessAllowedIPs userAccessAllowedIPs }";
const query = `query MsemReadIPRestrictions { ipRestrictions ${selection} }`;
const mutation = `mutation MsemUpdateIPRestrictions($input: UpdateIPRestrictionsInput!) { updateIPRestrictions(input: $input) { ipRestrictions ${selection} } }`;

const restrictionsSchema = z.object({
  serviceAccountAccessAllowedIPs: z.array(z.string()),
  userAccessAllowedIPs: z.array(z.string()),
});
type Restrictions = z.infer<typeof restrictionsSchema>;

/** Wiz's list of addresses from which service accounts may call its API. */
export const wizTarget = defineTarget({
  kind: "wiz",
  displayName: "Wiz IP restrictions of service accounts",
  vendor: "Wiz",
  experimental:
    "no public document describes Wiz's IP restrictions; names and behaviour are inferred from an audit event. Try it on a tenant where a lock-out does no harm",
  settings: {
    apiEndpoint: serviceUrl({
      displayName: "API endpoint URL",
      description: "API endpoint of your tenant's data center (Profile > Tenant Info), without /graphql.",
      example: "https://api.eu1.app.wiz.io",
    }),
    tokenEndpoint: serviceUrl({
      displayName: "Address of the token server",
      description: "Where Wiz gives tokens; government and older tenants have another one.",
      example: "https://auth.app.wiz.io/oauth/token",
    }),
  },
  defaults: { tokenEndpoint: "https://auth.app.wiz.io/oauth/token" },
  authentication: wiz.authentication,
  capability: {
    families: ["ipv4"],
    forms: ["prefix", "single"],
    granularity: { kind: "list" },
    ownership: "state",
    compartments: "whole",
    emptyMeans: "open",
    selfLockoutGuard: "none",
    concurrency: "none",
    source: "Inferred from an audit event `UpdateIPRestrictions` in a public detection rule; no vendor document",
    lastVerified: "never; inferred 2026-11",
    remarks: [
      "Experimental: works only with `experimental: true`.",
      "Only the list of service accounts is managed; that of users is sent back as it was read just before, so that whoever changes it at that very moment is undone.",
      "That an empty list restricts nobody is inferred: the first entry would shut out every other service account.",
      "No guard against locking oneself out is known, so callerPrefixes is asked for.",
      "Maximum, IPv6 and other forms than prefixes are unknown; IPv6 is left out.",
    ],
  },
  prerequisites: [
    "A service account that may read and change the security settings; the scopes are presumably `read:security_settings` and `admin:security_settings` (inferred). Not that of the connector.",
  ],
  documentationUrl:
    "https://github.com/panther-labs/panther-analysis/blob/main/rules/wiz_rules/wiz_update_ip_restrictions.yml",
  place: ({ apiEndpoint = "" }) => placeOf(apiEndpoint),
  open,
});

function open({ settings, credentials }: TargetAccount, surroundings: TargetSurroundings): TargetSession {
  const { clientId = "", clientSecret = "" } = credentials.fields;
  const pace = pacer(surroundings);
  const signedIn = keepSignedIn(async () => {
    await pace();
    return signIn(settings.tokenEndpoint ?? "", clientId, clientSecret, surroundings);
  }, surroundings.now);
  // Asked once before every request.
  const authorize: Authorize = async (refresh) => {
    const authorization = await signedIn(refresh);
    await pace();
    return authorization;
  };
  const transport = createVendorTransport({
    product: "Wiz",
    endpoint: (settings.apiEndpoint ?? "").replace(/\/graphql\/?$/i, ""),
    ...surroundings,
    authorize,
    readError,
    hint,
  });
  const get = async (): Promise<Restrictions> => {
    const schema = z.object({ ipRestrictions: restrictionsSchema });
    return (await send(transport, { query }, "read", schema)).ipRestrictions;
  };
  let last: Restrictions | undefined;
  return {
    read: async () => {
      last = await get();
      return toObserved(last);
    },
    write: async (plan, observed) => {
      const { userAccessAllowedIPs } = last ?? (await get());
      const input: Restrictions = {
        serviceAccountAccessAllowedIPs: listAfter(plan, observed),
        userAccessAllowedIPs,
      };
      const schema = z.object({ updateIPRestrictions: z.object({}).loose().nullable() });
      await send(transport, { query: mutation, variables: { input } }, "write", schema);
    },
  };
}

/** Waits so that two requests are never closer than the limit allows. */
function pacer({ now, sleep }: TargetSurroundings): () => Promise<void> {
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    const wait = next - now();
    if (wait > 0) await sleep(wait);
    next = now() + pauseMs;
  };
}

async function signIn(
  endpoint: string,
  clientId: string,
  clientSecret: string,
  surroundings: TargetSurroundings,
): Promise<Awaited<ReturnType<Parameters<typeof keepSignedIn>[0]>>> {
  const url = new URL(endpoint);
  const secrets = [clientSecret];
  const transport = createVendorTransport({
    product: "Wiz",
    endpoint: url.origin,
    ...surroundings,
    authorize: async () => ({ headers: {}, secrets }),
    readError,
    hint,
  });
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    audience: audienceOf(url.hostname),
  });
  const token = await transport.send({
    method: "POST",
    to: url.pathname,
    access: "read",
    repeatable: true,
    content: { type: "application/x-www-form-urlencoded", text: form.toString() },
    answers: {
      200: (answer) => answer.json(z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })),
    },
  });
  return {
    headers: { Authorization: `Bearer ${token.access_token}` },
    secrets: [token.access_token, ...secrets],
    goodForMs: token.expires_in * 1_000,
  };
}

/** Older tenants have token servers of another maker, with another audience; by public clients. */
function audienceOf(host: string): string {
  return ["auth.wiz.io", "auth0.gov.wiz.io"].includes(host) ? "beyond-api" : "wiz-api";
}

/** Both calls may be repeated: one reads, the other replaces the whole list by the same one. */
function send<Data>(
  transport: Transport,
  body: object,
  access: "read" | "write",
  schema: z.ZodType<Data>,
): Promise<Data> {
  return transport.send({
    method: "POST",
    to: "/graphql",
    access,
    repeatable: true,
    body,
    answers: {
      200: (answer) => {
        const { errors } = answer.json(z.object({ errors: z.array(z.unknown()).optional() }));
        if (errors !== undefined && errors.length > 0) throw refusal(answer);
        return answer.json(z.object({ data: schema })).data;
      },
    },
  });
}

const codes: Readonly<Record<string, ErrorCode>> = {
  UNAUTHENTICATED: "MSEM_UNAUTHENTICATED",
  FORBIDDEN: "MSEM_FORBIDDEN",
};

/** Errors come with status 200; which codes stand in them is not public beyond GraphQL's own custom. */
function refusal(answer: Answer): MsemError {
  const { code: serviceCode, message } = answer.serviceError() ?? { code: "", message: "it gives no reason" };
  const code =
    codes[serviceCode.toUpperCase()] ??
    (/access denied|not authori[sz]ed|missing scope/i.test(message) ? "MSEM_FORBIDDEN" : "MSEM_REJECTED");
  const shown = answer.redact(`Wiz: POST /graphql: ${serviceCode === "" ? "" : `${serviceCode}: `}${oneLine(message)}`);
  return new MsemError(code, shown.endsWith(".") ? shown : `${shown}.`, {
    ...(serviceCode === "" ? {} : { serviceCode }),
    hint: hint({ code }) ?? "The target is experimental: if the schema of your tenant differs, enter the list by hand.",
  });
}

const errorSchema = z.union([
  z.object({
    errors: z
      .array(
        z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).loose().optional() }),
      )
      .min(1),
  }),
  z.object({ error: z.string(), error_description: z.string().optional() }),
]);

export const readError: VendorTransportOptions["readError"] = (json) => {
  const parsed = errorSchema.safeParse(json);
  if (!parsed.success) return undefined;
  if ("error" in parsed.data) return vendorError(parsed.data.error_description ?? parsed.data.error, parsed.data.error);
  const [first] = parsed.data.errors;
  return vendorError(first?.message, first?.extensions?.code);
};

const hint = (({ code }) => {
  if (code === "MSEM_UNAUTHENTICATED") {
    return "Check client ID, secret and expiry of the service account, and tokenEndpoint: government and older tenants have another one.";
  }
  if (code === "MSEM_FORBIDDEN") {
    return "The service account lacks a scope (presumably admin:security_settings), or the list does not let this machine's address in.";
  }
  return undefined;
}) satisfies VendorTransportOptions["hint"];

function toObserved({ serviceAccountAccessAllowedIPs: list }: Restrictions): ObservedAllowlist {
  const restricted = list.length > 0;
  return { entries: list.map((text) => observedEntry(text)), enforced: { ipv4: restricted, ipv6: restricted } };
}

/** What stays as it was written, and what is new in canonical text. */
function listAfter({ changes }: Plan, { entries }: ObservedAllowlist): string[] {
  const removed = new Set(changes.flatMap((change) => (change.verb === "remove" ? [change.entry] : [])));
  const added = changes.flatMap((change) => (change.verb === "add" ? [change.block.text] : []));
  return [...entries.filter((entry) => !removed.has(entry)).map(({ text }) => text), ...added];
}
