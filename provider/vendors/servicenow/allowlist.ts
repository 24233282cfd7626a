/**
 * ServiceNow's IP address access control: rows of the table `ip_access`, over the Table API. A row that denies blocks,
 * and a row that allows always wins against it, so rows of ours can only let somebody in. Only rows that allow are ever
 * written; those that deny are read to know whether the list is in force.
 */
import { z } from "zod";
import { MsemError } from "../../core/errors";
import { formatAddress, type Interval } from "../../core/ip/index";
import { type ObservedAllowlist, type ObservedEntry, observedEntry } from "../../core/targets/entries";
import type { Plan } from "../../core/targets/plan";
import {
  defineTarget,
  type TargetAccount,
  type TargetSession,
  type TargetSurroundings,
} from "../../core/targets/target";
import type { Authorize } from "../../http/dialect";
import { keepSignedIn } from "../../http/signIn";
import type { Transport } from "../../http/transport";
import { createVendorTransport, type VendorTransportOptions, vendorError } from "../../http/vendor";
import { shortMark } from "../mark";
import { placeOf, serviceUrl } from "../serviceUrl";
import { serviceNow } from "./connector";
import { type Choices, readChoices, readTable } from "./table";

const path = "/api/now/table/ip_access";
/** How long the column is, is not documented; an answer with a cut mark is refused. */
const longestMark = 100;

const rowSchema = z.object({
  sys_id: z.string().min(1),
  type: z.string(),
  direction: z.string(),
  active: z.union([z.string(), z.boolean()]).transform(String),
  range_start: z.string(),
  range_end: z.string(),
  description: z.string(),
});
type Row = z.infer<typeof rowSchema>;
const fields = Object.keys(rowSchema.shape).join(",");

/** ServiceNow's rows of addresses that may call the instance. */
export const serviceNowTarget = defineTarget({
  kind: "serviceNow",
  displayName: "ServiceNow IP address access control",
  vendor: "ServiceNow",
  settings: {
    endpoint: serviceUrl({
      displayName: "Address of the instance",
      description: "Your instance, as in the browser, without a path.",
      example: "https://contoso.service-now.com",
    }),
  },
  authentication: serviceNow.authentication,
  capability: {
    families: ["ipv4"],
    forms: ["range", "single"],
    granularity: { kind: "entry" },
    ownership: "mark",
    compartments: "family",
    emptyMeans: "harmless",
    // Only an insert that would block the caller is documented as refused; whether the removal of a row is, is not.
    selfLockoutGuard: "none",
    concurrency: "none",
    source: "ServiceNow product documentation: IP address access control, Table API",
    lastVerified: "documentation, 2026-11",
    remarks: [
      "Rows hold a first and a last address, not a prefix; a single address stands in both, which is documented for another table.",
      "IPv6 is not stated for this table, so it is left out.",
      "Rows that deny are never written. The list counts as in force while an active one exists.",
      "No maximum of rows is documented.",
      "The account must see every row: with fewer than the instance counts nothing is done.",
    ],
  },
  prerequisites: [
    "A user, or an OAuth application user, with the role admin: not that of the connector.",
    "Read access to `sys_choice` and `ip_access`, and write access to `ip_access`, through web services.",
  ],
  documentationUrl:
    "https://www.servicenow.com/docs/bundle/zurich-platform-security/page/administer/login/task/t_AccessControl.html",
  place: ({ endpoint = "" }) => placeOf(endpoint),
  open,
});

function open({ settings, credentials, mark }: TargetAccount, surroundings: TargetSurroundings): TargetSession {
  const common = {
    product: "ServiceNow",
    endpoint: settings.endpoint ?? "",
    ...surroundings,
    readError: (json: unknown) => {
      const parsed = errorSchema.safeParse(json);
      if (!parsed.success) return undefined;
      const { error } = parsed.data;
      if (typeof error === "string") return vendorError(parsed.data.error_description ?? error, error);
      const detail = error.detail == null || error.detail === "" ? "" : `: ${error.detail}`;
      return vendorError(`${error.message}${detail}`);
    },
    hint,
  } satisfies Omit<VendorTransportOptions, "authorize">;
  const { kind, fields: secrets } = credentials;
  const authorize =
    kind === "oauth2" ? bearer(common, secrets, surroundings.now) : basic(secrets.username, secrets.password);
  const transport = createVendorTransport({ ...common, authorize });
  const description = shortMark(mark, longestMark);
  let choices: Choices | undefined;
  const known = async () => {
    choices ??= await readChoices(transport);
    return choices;
  };
  return {
    read: async () =>
      toObserved(await readTable(transport, { path, fields, schema: rowSchema }), await known(), description),
    write: async (plan) => write(transport, plan, await known(), description),
  };
}

/** The Table API's form, and the token endpoint's. */
const errorSchema = z.object({
  error: z.union([z.string(), z.object({ message: z.string(), detail: z.string().nullish() })]),
  error_description: z.string().optional(),
});

function basic(username = "", password = ""): Authorize {
  const pair = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
  return async () => ({ headers: { Authorization: `Basic ${pair}` }, secrets: [password, pair] });
}

function bearer(
  common: Omit<VendorTransportOptions, "authorize">,
  { clientId = "", clientSecret = "" }: Readonly<Record<string, string>>,
  now: () => number,
): Authorize {
  const secrets = [clientSecret];
  const transport = createVendorTransport({ ...common, authorize: async () => ({ headers: {}, secrets }) });
  const schema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
  return keepSignedIn(async () => {
    const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    const token = await transport.send({
      method: "POST",
      to: "/oauth_token.do",
      access: "read",
      repeatable: true,
      content: { type: "application/x-www-form-urlencoded", text: new URLSearchParams(form).toString() },
      answers: { 200: (answer) => answer.json(schema) },
    });
    return {
      headers: { Authorization: `Bearer ${token.access_token}` },
      secrets: [token.access_token, clientSecret],
      goodForMs: token.expires_in * 1_000,
    };
  }, now);
}

function toObserved(rows: readonly Row[], choices: Choices, mark: string): ObservedAllowlist {
  const inbound = rows.filter(({ direction }) => same(direction, choices.inbound) || same(direction, choices.both));
  const entries = inbound
    .filter(({ type }) => same(type, choices.allow))
    .map(({ sys_id, description, active, ...row }) =>
      observedEntry(textOf(row), {
        id: sys_id,
        marked: description.trim() === mark,
        ...(same(active, "true") ? {} : { inactive: true }),
      }),
    );
  const denied = inbound
    .filter(({ type, active }) => same(type, choices.deny) && same(active, "true"))
    .map((row) => observedEntry(textOf(row)));
  // A rule that we cannot read may deny anybody.
  const denies = (family: "ipv4" | "ipv6") =>
    denied.some(({ block }: ObservedEntry) => block === undefined || block.interval.family === family);
  return { entries, enforced: { ipv4: denies("ipv4"), ipv6: denies("ipv6") } };
}

function textOf({ range_start, range_end }: Pick<Row, "range_start" | "range_end">): string {
  const [first, last] = [range_start.trim(), range_end.trim()];
  return last === "" || last === first ? first : `${first}-${last}`;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Row by row, in the plan's order: what is done when one is refused stays done, and the next run carries on. */
async function write(transport: Transport, { changes }: Plan, choices: Choices, mark: string): Promise<void> {
  for (const change of changes) {
    if (change.verb === "add") await insert(transport, change.block.interval, choices, mark);
    else if (change.verb === "update") await activate(transport, change.entry);
    else if (change.verb === "remove") await remove(transport, change.entry.id ?? "");
  }
}

/**
 * Repeated when its answer is lost: a second row admits nobody else, and the plan after the write removes it, whereas a
 * run that ends at every lost answer leaves the rest of 260 rows undone.
 */
async function insert(transport: Transport, { first, last, family }: Interval, choices: Choices, mark: string) {
  const row = await transport.send({
    method: "POST",
    to: path,
    query: { sysparm_fields: fields },
    access: "write",
    repeatable: true,
    body: {
      type: choices.allow,
      direction: choices.inbound,
      active: "true",
      range_start: formatAddress({ family, words: first }),
      range_end: formatAddress({ family, words: last }),
      description: mark,
    },
    answers: { 201: (answer) => answer.json(z.object({ result: rowSchema })).result },
  });
  if (row.description.trim() === mark) return;
  // Without our mark nobody would ever remove it.
  await remove(transport, row.sys_id);
  throw new MsemError(
    "MSEM_PROTOCOL",
    `ServiceNow kept ${row.description.length} of ${mark.length} characters of a row's description, which marks it as ours.`,
    { hint: "Give project, stack or resource a shorter name, or make the column `description` of `ip_access` longer." },
  );
}

/** A row that is gone is left to the next round, which reads and plans anew. */
function activate(transport: Transport, { id = "" }: ObservedEntry): Promise<void> {
  return transport.send({
    method: "PATCH",
    to: `${path}/${encodeURIComponent(id)}`,
    access: "write",
    repeatable: true,
    body: { active: "true" },
    answers: { 200: () => undefined, 404: () => undefined },
  });
}

function remove(transport: Transport, id: string): Promise<void> {
  return transport.send({
    method: "DELETE",
    to: `${path}/${encodeURIComponent(id)}`,
    access: "write",
    answers: { 204: () => undefined, 404: () => undefined },
  });
}

const hint: VendorTransportOptions["hint"] = ({ code, service }) => {
  const address = "or the instance does not let this machine's address in: ServiceNow's answers do not separate them.";
  if (code === "MSEM_UNAUTHENTICATED") return `The credential is wrong, or the OAuth grant is off, ${address}`;
  if (code === "MSEM_FORBIDDEN") {
    return service === undefined
      ? `The account lacks the role admin, ${address}`
      : `The account lacks the role admin, a rule of the instance refuses the row, ${address}`;
  }
  return undefined;
};
