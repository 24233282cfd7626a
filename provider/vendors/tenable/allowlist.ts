/**
 * Tenable's API access security: one text per family, replaced whole. A singleton without version, so a write is read,
 * compare, write, read again; and without marks, so what is ours is known from state only.
 */
import { z } from "zod";
import type { Family } from "../../core/ip/index";
import { type ObservedAllowlist, type ObservedEntry, observedEntry } from "../../core/targets/entries";
import type { Plan } from "../../core/targets/plan";
import {
  defineTarget,
  type TargetAccount,
  type TargetSession,
  type TargetSurroundings,
} from "../../core/targets/target";
import type { Transport } from "../../http/transport";
import { createVendorTransport, vendorError } from "../../http/vendor";
import { placeOf, serviceUrl } from "../serviceUrl";
import { tenable } from "./connector";

const path = "/access-control/v1/api-security-settings";

/** An empty text means that the family is not restricted. */
const settingsSchema = z.object({ allowed_ipv4_addresses: z.string(), allowed_ipv6_addresses: z.string() });
type Settings = z.infer<typeof settingsSchema>;

const fields = { ipv4: "allowed_ipv4_addresses", ipv6: "allowed_ipv6_addresses" } as const;

/** Tenable Vulnerability Management's list of addresses that may use its API. */
export const tenableTarget = defineTarget({
  kind: "tenable",
  displayName: "Tenable API access security",
  vendor: "Tenable",
  settings: {
    endpoint: serviceUrl({
      displayName: "Address of the API",
      description: "Where Tenable's API is; FedRAMP's is https://fedcloud.tenable.com.",
      example: "https://cloud.tenable.com",
    }),
  },
  defaults: { endpoint: "https://cloud.tenable.com" },
  authentication: tenable.authentication,
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    granularity: { kind: "list" },
    ownership: "state",
    compartments: "family",
    emptyMeans: "open",
    selfLockoutGuard: "server",
    concurrency: "none",
    source: "Tenable's OpenAPI document, /access-control/v1/api-security-settings",
    lastVerified: "documentation, 2026-11",
    remarks: ["No maximum is documented.", "It restricts the API; signing in to the console is not mentioned."],
  },
  prerequisites: ["API keys of a user with the role Administrator: not those of the connector."],
  documentationUrl: "https://developer.tenable.com/reference/platform-settings-api-security-update",
  place: ({ endpoint = "" }) => placeOf(endpoint),
  open,
});

function open({ settings, credentials }: TargetAccount, surroundings: TargetSurroundings): TargetSession {
  const { accessKey = "", secretKey = "" } = credentials.fields;
  const transport = createVendorTransport({
    product: "Tenable",
    endpoint: settings.endpoint ?? "",
    ...surroundings,
    authorize: async () => ({
      headers: { "X-ApiKeys": `accessKey=${accessKey};secretKey=${secretKey}` },
      secrets: [accessKey, secretKey],
    }),
    readError: (json) => {
      const parsed = errorSchema.safeParse(json);
      return parsed.success ? vendorError(parsed.data.message ?? parsed.data.error, parsed.data.code) : undefined;
    },
    hint: ({ code }) =>
      code === "MSEM_UNAUTHENTICATED"
        ? "Tenable answers alike for wrong keys and for an address that API access security does not allow: check both."
        : code === "MSEM_FORBIDDEN"
          ? "API access security needs the keys of an Administrator."
          : undefined,
  });
  return {
    read: async () => toObserved(await get(transport)),
    write: (plan, observed) => put(transport, settingsAfter(plan, observed)),
  };
}

const errorSchema = z.object({
  code: z.union([z.string(), z.number()]).optional(),
  message: z.string().optional(),
  error: z.string().optional(),
});

function get(transport: Transport): Promise<Settings> {
  return transport.send({
    method: "GET",
    to: path,
    access: "read",
    answers: { 200: (answer) => answer.json(settingsSchema) },
  });
}

/** Both families always: what an omitted one means is not documented. */
function put(transport: Transport, settings: Settings): Promise<void> {
  return transport.send({
    method: "PUT",
    to: path,
    access: "write",
    body: settings,
    answers: { 204: () => undefined, 200: () => undefined },
  });
}

function toObserved(settings: Settings): ObservedAllowlist {
  const entries = (family: Family): ObservedEntry[] =>
    settings[fields[family]]
      .split(",")
      .map((text) => text.trim())
      .filter((text) => text !== "")
      .map((text) => observedEntry(text, { id: family }));
  const [ipv4, ipv6] = [entries("ipv4"), entries("ipv6")];
  return { entries: [...ipv4, ...ipv6], enforced: { ipv4: ipv4.length > 0, ipv6: ipv6.length > 0 } };
}

/** What stays as it was written, and what is new in canonical text. */
function settingsAfter({ changes }: Plan, { entries }: ObservedAllowlist): Settings {
  const removed = new Set(changes.flatMap((change) => (change.verb === "remove" ? [change.entry] : [])));
  const added = changes.flatMap((change) => (change.verb === "add" ? [change.block] : []));
  const textOf = (family: Family): string =>
    [
      ...entries.filter((entry) => entry.id === family && !removed.has(entry)).map(({ text }) => text),
      ...added.filter(({ interval }) => interval.family === family).map(({ text }) => text),
    ].join(",");
  return { allowed_ipv4_addresses: textOf("ipv4"), allowed_ipv6_addresses: textOf("ipv6") };
}
