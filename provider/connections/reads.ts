/** What the client of the Connection API reads, and what all of its calls have in common. */
import { randomUUID } from "node:crypto";
import { MsemError } from "../core/errors";
import type { Answer } from "../http/answer";
import { type Page, paginate } from "../http/paging";
import type { Transport } from "../http/transport";
import type { Connection } from "./model";
import { apiVersion, connectionPageSchema, connectionSchema } from "./schema";
import { fromWire } from "./wire";

/** The contract's upper end of `$top`. */
const pageSize = "100";
/** Re-reads of a connection that a lagging replica shows as it was before; 250 ms, then 500, then 1,000. */
const staleReads = 3;

export interface Service {
  readonly transport: Transport;
  readonly operationTimeoutMs: number;
}

export const version = { "api-version": apiVersion };

/** A list tells no ETags: its connections carry an empty one, which update and remove refuse. */
export function list(
  service: Service,
  filter: { connectorType?: string; name?: string },
  secrets: readonly string[] = [],
): AsyncIterable<Connection> {
  const { transport } = service;
  const first = transport.resolve(`${transport.endpoint.href}/connections`, "list");
  const terms = [
    filter.connectorType === undefined ? undefined : `connectorType eq ${quote(filter.connectorType)}`,
    filter.name === undefined ? undefined : `name eq ${quote(filter.name)}`,
  ].filter((term) => term !== undefined);
  first.searchParams.set("$top", pageSize);
  if (terms.length > 0) first.searchParams.set("$filter", terms.join(" and "));
  return paginate<Connection>({
    first,
    resolve: transport.resolve,
    fetch: (url) =>
      transport.send<Page<Connection>>({
        method: "GET",
        to: url,
        query: version,
        access: "read",
        secrets,
        answers: {
          200: (answer) => {
            const page = answer.json(connectionPageSchema);
            return { ...page, value: page.value.map((wire) => fromWire(wire, "")) };
          },
        },
      }),
  });
}

/** A string literal of OData: a quote inside is doubled. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @param secrets values that were sent before in the same piece of work: the service may quote them in an error */
export async function get(
  service: Service,
  id: string,
  secrets: readonly string[] = [],
): Promise<Connection | undefined> {
  return service.transport.send<Connection | undefined>({
    method: "GET",
    to: pathOf(id),
    query: version,
    access: "read",
    secrets,
    answers: { 200: connectionOf, 404: gone },
  });
}

/** "Gone" makes a resource vanish from state, so only the API's own answer may say it, not a proxy or a wrong path. */
export function gone(answer: Answer): undefined {
  if (answer.serviceError() === undefined) throw answer.breach("a 404 without the service's error in its body");
  return undefined;
}

export function connectionOf(answer: Answer): Connection {
  const wire = answer.json(connectionSchema);
  const etag = answer.header("etag");
  if (etag === undefined) throw answer.breach("a connection without an ETag");
  return fromWire(wire, etag);
}

export function pathOf(id: string): string {
  // Dots would be folded into the path, and an empty id would address the list.
  if (id === "" || id === "." || id === "..")
    throw new MsemError("MSEM_INVALID", `"${id}" is not the id of a connection.`);
  return `/connections/${encodeURIComponent(id)}`;
}

/** Headers that let the service recognise a repeat (OASIS Repeatable Requests): the same over all attempts of a call. */
export function repeatability(service: Service): Record<string, string> {
  return {
    "Repeatability-Request-ID": randomUUID(),
    "Repeatability-First-Sent": new Date(service.transport.now()).toUTCString(),
  };
}

/**
 * Reads a connection after the service has finished with it. A replica that lags shows it missing, still connecting, or
 * with the ETag from before: a few more looks, then it is as it is.
 */
export async function readBack(
  service: Service,
  id: string,
  expected: { readonly exists: boolean; readonly secrets: readonly string[]; readonly formerEtag?: string },
): Promise<Connection | undefined> {
  let delay = 250;
  for (let look = 0; ; look += 1) {
    const connection = await get(service, id, expected.secrets);
    const stale =
      connection === undefined
        ? expected.exists
        : connection.status === "Connecting" || connection.etag === expected.formerEtag;
    if (!stale || look === staleReads) return connection;
    await service.transport.sleep(delay);
    delay *= 2;
  }
}
