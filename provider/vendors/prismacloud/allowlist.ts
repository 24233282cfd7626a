/**
 * Prisma Cloud's trusted login addresses: up to 50 named lists of up to 10 prefixes, and one switch for all of them,
 * which is read and never written.
 *
 * A list is ours by its name, and so is everything in it: an entry that somebody puts into a list named after this stack
 * is shown as drift and removed. Were it kept as foreign, the entries of a run that was killed before its state was saved
 * would be foreign too, and stay for ever. Other people's lists are read and not touched.
 */
import { z } from "zod";
import { MsemError } from "../../core/errors";
import { type ObservedAllowlist, observedEntry } from "../../core/targets/entries";
import type { Plan } from "../../core/targets/plan";
import {
  defineTarget,
  type TargetAccount,
  type TargetSession,
  type TargetSurroundings,
} from "../../core/targets/target";
import type { RawAnswer } from "../../http/answer";
import type { ServiceError } from "../../http/errors";
import { keepSignedIn } from "../../http/signIn";
import type { Transport } from "../../http/transport";
import { createVendorTransport, type VendorTransportOptions, vendorError } from "../../http/vendor";
import { shortMark } from "../mark";
import { placeOf, serviceUrl } from "../serviceUrl";
import { prismaCloud } from "./connector";
import { edited, type ListEdit, listWrites, type NewList } from "./lists";

const path = "/ip_allow_list_login";
const entriesPerList = 10;
/** By the documentation; there is no word on how to tell it from the answer. */
const tokenLifeMs = 10 * 60_000;
/** Reads may lag after a list was made: the maker's own client also waits until the name appears. */
const visible = { reads: 20, everyMs: 500 } as const;
/** No limit is documented for a name; a column of 255 characters is common. */
const longestMark = 200;
const description = "Kept by pulumi-msem: what is entered here by hand is removed at the next run.";

const listSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  cidr: z.array(z.string()),
});
type List = z.infer<typeof listSchema>;

/** Prisma Cloud's lists of addresses that may sign in, to the console and to the API. */
export const prismaCloudTarget = defineTarget({
  kind: "prismaCloud",
  displayName: "Prisma Cloud trusted login IP addresses",
  vendor: "Palo Alto Networks",
  settings: {
    endpoint: serviceUrl({
      displayName: "Address of the API",
      description: "Prisma Cloud's API for your tenant: app.eu… in the browser has api.eu….",
      example: "https://api.eu.prismacloud.io",
    }),
  },
  authentication: prismaCloud.authentication,
  capability: {
    families: ["ipv4"],
    forms: ["prefix", "single"],
    shortest: { ipv4: 1 },
    granularity: { kind: "lists", entriesPerList, lists: 50 },
    ownership: "list",
    compartments: "whole",
    emptyMeans: "harmless",
    selfLockoutGuard: "server",
    concurrency: "none",
    source: "Palo Alto Networks' OpenAPI document, /ip_allow_list_login",
    lastVerified: "documentation, 2026-11",
    remarks: [
      "The switch that turns the restriction on is read, never written; while it is off, entries have no effect.",
      "No form of an entry is given: that only IPv4 prefixes of /1 to /32 are taken is assumed, from the sibling list for alerts.",
      "What stands in a list named after the stack is the stack's: entries put there by hand are removed.",
      "Microsoft's page on the connector does not mention an allowlist.",
    ],
  },
  prerequisites: [
    "An access key whose role may change the trusted login IP addresses (System Admin, by our reading): not that of the connector.",
  ],
  documentationUrl: "https://pan.dev/prisma-cloud/api/cspm/ip-allow-list",
  place: ({ endpoint = "" }) => placeOf(endpoint),
  open,
  listName: nameOf,
});

function nameOf(mark: string, ordinal: number): string {
  return `${shortMark(mark, longestMark)} #${ordinal}`;
}

function open({ settings, credentials, mark }: TargetAccount, surroundings: TargetSurroundings): TargetSession {
  const { accessKeyId = "", secretKey = "" } = credentials.fields;
  const common = {
    product: "Prisma Cloud",
    endpoint: settings.endpoint ?? "",
    ...surroundings,
    requestIdHeaders: ["x-redlock-request-id", "trace-id"],
    readError,
    hint,
  } satisfies Omit<VendorTransportOptions, "authorize">;
  const login = createVendorTransport({ ...common, authorize: async () => ({ headers: {}, secrets: [secretKey] }) });
  const signIn = async () => {
    const token = await login.send({
      method: "POST",
      to: "/login",
      access: "read",
      repeatable: true,
      body: { username: accessKeyId, password: secretKey },
      answers: { 200: (answer) => answer.json(z.object({ token: z.string().min(1) })).token },
    });
    return { headers: { "x-redlock-auth": token }, secrets: [token, secretKey], goodForMs: tokenLifeMs };
  };
  const transport = createVendorTransport({ ...common, authorize: keepSignedIn(signIn, surroundings.now) });
  return {
    read: () => read(transport, mark),
    write: (plan, observed) => write(transport, plan, observed),
  };
}

async function read(transport: Transport, mark: string): Promise<ObservedAllowlist> {
  const lists = await readLists(transport);
  const enabled = await transport.send({
    method: "GET",
    to: `${path}/status`,
    access: "read",
    answers: { 200: (answer) => answer.json(z.object({ enabled: z.boolean() })).enabled },
  });
  const stem = `${shortMark(mark, longestMark)} #`;
  const isOurs = (name: string): boolean => name.startsWith(stem) && /^[1-9]\d*$/.test(name.slice(stem.length));
  return {
    entries: lists.flatMap(({ id, name, cidr }) =>
      cidr.map((text) => observedEntry(text, { id, marked: isOurs(name) })),
    ),
    enforced: { ipv4: enabled, ipv6: enabled },
    lists: lists.map(({ id, name }) => ({ id, name, marked: isOurs(name) })),
  };
}

function readLists(transport: Transport): Promise<List[]> {
  return transport.send({
    method: "GET",
    to: path,
    access: "read",
    answers: { 200: (answer) => answer.json(z.array(listSchema)) },
  });
}

async function write(transport: Transport, plan: Plan, observed: ObservedAllowlist): Promise<void> {
  const { create, edit } = listWrites(plan, observed, entriesPerList);
  for (const list of create) await createList(transport, list);
  if (create.length > 0) await untilVisible(transport, new Set(create.map(({ name }) => name)));
  for (const change of edit) await editList(transport, change);
}

/** Names are unique, so that a repeat does no harm: 409 says that an earlier attempt, or an earlier run, has made it. */
function createList(transport: Transport, list: NewList): Promise<void> {
  return transport.send({
    method: "POST",
    to: path,
    access: "write",
    repeatable: true,
    body: { ...list, description },
    answers: { 200: () => undefined, 201: () => undefined, 409: () => undefined },
  });
}

async function untilVisible(transport: Transport, names: ReadonlySet<string>): Promise<void> {
  for (let reads = 1; ; reads++) {
    const there = new Set((await readLists(transport)).map(({ name }) => name));
    const hidden = [...names].filter((name) => !there.has(name));
    if (hidden.length === 0) return;
    if (reads === visible.reads) {
      const seconds = (visible.reads * visible.everyMs) / 1_000;
      throw new MsemError(
        "MSEM_TIMEOUT",
        `Prisma Cloud took ${hidden.length} new lists and still does not show them after ${seconds} s.`,
        { hint: "Run it again later: what is done already is kept." },
      );
    }
    await transport.sleep(visible.everyMs);
  }
}

/** A list that is gone or has been filled meanwhile is left to the next round, which reads and plans anew. */
async function editList(transport: Transport, edit: ListEdit): Promise<void> {
  const to = `${path}/${encodeURIComponent(edit.id)}`;
  const list = await transport.send<List | undefined>({
    method: "GET",
    to,
    access: "read",
    answers: { 200: (answer) => answer.json(listSchema), 404: () => undefined },
  });
  if (list === undefined) return;
  const cidr = edited(list.cidr, edit);
  if (cidr.length > entriesPerList) return;
  const done = { 200: () => undefined, 204: () => undefined, 404: () => undefined };
  if (cidr.length === 0) await transport.send({ method: "DELETE", to, access: "write", answers: done });
  else {
    const { name, description: text } = list;
    const body = { name, cidr, ...(typeof text === "string" ? { description: text } : {}) };
    await transport.send({ method: "PUT", to, access: "write", body, answers: done });
  }
}

const codePrefix = /^login_ip_allow_list_/;

/** The documented codes, in words; of those about the caller's address only the names are documented. */
const meanings: Readonly<Record<string, string>> = {
  invalid_cidr_format: "an entry is not of the form that it takes",
  size_exceeded: "there are as many lists as there may be",
  cidr_list_size_exceeded: `a list may hold ${entriesPerList} entries`,
  enable_not_allowed_ip_absent: "the caller's address would be shut out",
  not_allowed_ip_absent: "the caller's address would be shut out",
  not_allowed_ip_present: "the caller's address would be shut out",
  size_only_one_entry: "the last list stays while the restriction is on",
  missing_cidr_field: "a list needs an entry",
  enable_not_allowed_empty_list: "there is no list",
  feature_flag_disabled: "the feature is off for this tenant",
  duplicate_name: "a list of that name exists",
  invalid_credentials: "the access key is not known",
  token_expired: "the sign-in has expired",
};

const statusSchema = z.array(z.object({ i18nKey: z.string(), subject: z.unknown() })).min(1);

/** Errors stand in a header, as a JSON array. */
function readError(json: unknown, { headers }: RawAnswer): ServiceError | undefined {
  const body = z.object({ message: z.string() }).safeParse(json);
  const first = statusesIn(headers["x-redlock-status"])?.[0];
  if (first === undefined) return body.success ? vendorError(body.data.message) : undefined;
  const subject = typeof first.subject === "string" && first.subject !== "" ? ` (${first.subject})` : "";
  return vendorError(
    `${meanings[first.i18nKey.replace(codePrefix, "")] ?? "it gives no other reason"}${subject}`,
    first.i18nKey,
  );
}

/** The reasons of a refusal, from the header `X-Redlock-Status`; undefined when it holds none. */
export function statusesIn(header: unknown): z.infer<typeof statusSchema> | undefined {
  if (typeof header !== "string") return undefined;
  try {
    return statusSchema.safeParse(JSON.parse(header)).data;
  } catch {
    return undefined;
  }
}

const hint: VendorTransportOptions["hint"] = ({ code, service }) => {
  if (service?.code.includes("not_allowed_ip")) {
    return "Put the public address of this machine into additionalPrefixes, or keep it in a list of your own.";
  }
  if (code === "MSEM_UNAUTHENTICATED") {
    return "Check access key ID and secret key, the key's expiry, and whether single sign-on is enforced for its user.";
  }
  if (code === "MSEM_FORBIDDEN") {
    return "The role of the access key may not manage trusted login addresses, the feature is off, or this machine's address is not in them.";
  }
  return undefined;
};
