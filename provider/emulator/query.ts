/** Query parameters: the version, `$filter`, and paging with an opaque continuation. */

import { maximumPageSize } from "../connections/contract";
import { apiVersion, apiVersions } from "../connections/schema";
import { ApiProblem } from "./problem";

export interface Filter {
  readonly connectorType?: string;
  readonly name?: string;
}

/** @throws ApiProblem 400 UnsupportedApiVersion */
export function requireApiVersion(query: URLSearchParams): void {
  const given = new Set(query.getAll("api-version"));
  const known = apiVersions.join(", ");
  const only = given.size === 1 ? [...given][0] : undefined;
  if (apiVersions.some((one) => one === only)) return;
  const what = given.size === 0 ? "The query parameter api-version is missing" : "This api-version is not known";
  throw new ApiProblem(400, "UnsupportedApiVersion", `${what}; known are: ${known}.`, { target: "api-version" });
}

/** A misspelt `filter` would list everything; it is refused instead. @throws ApiProblem 400 InvalidQueryParameter */
export function requireKnownParameters(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (!known.includes(name)) throw invalid(name, `is not a parameter of this call; known are ${known.join(", ")}`);
    if (new Set(query.getAll(name)).size > 1) throw invalid(name, "is given more than once");
  }
}

const clause = /^\s*(connectorType|name)\s+eq\s+'((?:[^']|'')*)'\s*$/;

/** @throws ApiProblem 400 InvalidQueryParameter */
export function parseFilter(text: string | null): Filter {
  if (text === null) return {};
  const filter: { connectorType?: string; name?: string } = {};
  for (const part of splitClauses(text)) {
    const [, property, quoted] = clause.exec(part) ?? [];
    if (quoted === undefined || (property !== "name" && property !== "connectorType")) {
      throw invalid(
        "$filter",
        "must be `connectorType eq '…'` or `name eq '…'`, or both joined by `and`; a quote is doubled",
      );
    }
    if (filter[property] !== undefined) throw invalid("$filter", `names ${property} twice`);
    filter[property] = quoted.replaceAll("''", "'");
  }
  return filter;
}

/** Splits at ` and ` outside of quotes. A doubled quote closes and opens again, which comes to the same. */
function splitClauses(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    else if (!quoted && /^\sand\s/.test(text.slice(i, i + 5))) {
      parts.push(text.slice(start, i));
      start = i + 4;
      i += 3;
    }
  }
  return [...parts, text.slice(start)];
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Query of the next page, when there is one. */
  readonly next?: URLSearchParams;
}

/**
 * One page of items in ascending order of `key`. The continuation says after which key to go on, so that a page is
 * neither repeated nor skipped when items come or go meanwhile.
 *
 * @throws ApiProblem 400 InvalidQueryParameter
 */
export function page<Item>(items: readonly Item[], key: (item: Item) => number, query: URLSearchParams): Page<Item> {
  const size = pageSize(query.get("$top"));
  const from = continuation(query);
  const rest = items.filter((item) => key(item) > from);
  const taken = rest.slice(0, size);
  const last = taken.at(-1);
  if (last === undefined || rest.length <= size) return { items: taken };
  const next = new URLSearchParams({ "api-version": apiVersion });
  for (const name of ["$top", "$filter"]) {
    const value = query.get(name);
    if (value !== null) next.set(name, value);
  }
  next.set("$skiptoken", encode({ after: key(last), filter: query.get("$filter") }));
  return { items: taken, next };
}

function pageSize(text: string | null): number {
  if (text === null) return maximumPageSize;
  const size = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > maximumPageSize) throw invalid("$top", `must be a whole number from 1 to ${maximumPageSize}`);
  return size;
}

function continuation(query: URLSearchParams): number {
  const token = query.get("$skiptoken");
  if (token === null) return Number.NEGATIVE_INFINITY;
  try {
    const read: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (typeof read === "object" && read !== null && "after" in read && typeof read.after === "number") {
      if (token === encode({ after: read.after, filter: query.get("$filter") })) return read.after;
    }
  } catch {
    // Falls through: a token that we did not make is one error, however it is broken.
  }
  throw invalid("$skiptoken", "is not a continuation of this list; follow nextLink as it is");
}

function encode(value: { after: number; filter: string | null }): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function invalid(name: string, message: string): ApiProblem {
  return new ApiProblem(400, "InvalidQueryParameter", `${name} ${message}.`, { target: name });
}
