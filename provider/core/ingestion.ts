/**
 * Whether a connected product's data arrives in the exposure graph. Pure: a source is a documented query, and a state
 * follows from what it counts, the time, and the little that is remembered.
 */

/** How Microsoft documents that a product's data can be seen. */
export interface IngestionSource {
  /** `connectorType` of the Connection API. */
  readonly type: string;
  /** For messages: `Qualys`. */
  readonly product: string;
  /** What the query counts, in the singular: `asset`. */
  readonly evidence: string;
  /** KQL for advanced hunting. Its answer is one number. */
  readonly query: string;
  readonly documentationUrl: string;
  /** Where the facts come from. */
  readonly source: string;
}

/** Checks the source at load: only counts are asked for, never what a tenant's assets are. */
export function defineIngestion(source: IngestionSource): IngestionSource {
  if (!/\| count$/.test(source.query)) throw new Error(`${source.type}: the query must end in a count`);
  return source;
}

/**
 * `pending`: connected, nothing seen yet, and data may still be on its way. `flowing`: something is seen. `stalled`:
 * nothing is seen any more, or nothing was in time. `notVerifiable`: Microsoft documents no query for the product.
 */
export type IngestionState = "pending" | "flowing" | "stalled" | "notVerifiable";

/**
 * Hours that data may take. A public summary says that the graph follows its sources within 72 hours (third party);
 * Microsoft's own pages say "several hours".
 */
export const defaultGracePeriodHours = 72;

export interface IngestionQuestion {
  /** What the query counted. */
  readonly count: number;
  readonly now: Date;
  /** When the connection, or its newest credential, came to be; undefined when nobody knows: then no time is granted. */
  readonly since: Date | undefined;
  readonly gracePeriodHours: number;
  /** Day (UTC, `2026-11-20`) on which something was first seen; undefined for never. */
  readonly firstSeen: string | undefined;
}

export interface IngestionVerdict {
  readonly state: Exclude<IngestionState, "notVerifiable">;
  /** To be remembered: a source that was seen once is expected to be seen. */
  readonly firstSeen: string | undefined;
}

/**
 * Where a product that was seen before goes silent, time is granted again only after a newer credential: somebody has
 * just repaired it.
 */
export function judgeIngestion({
  count,
  now,
  since,
  gracePeriodHours,
  firstSeen,
}: IngestionQuestion): IngestionVerdict {
  if (count > 0) return { state: "flowing", firstSeen: firstSeen ?? dayOf(now) };
  const inGracePeriod = since !== undefined && now.getTime() < since.getTime() + gracePeriodHours * 3_600_000;
  const renewed = since !== undefined && (firstSeen === undefined || firstSeen < dayOf(since));
  return { state: inGracePeriod && renewed ? "pending" : "stalled", firstSeen };
}

/**
 * The reason of a stalled source, as one line that stays the same until something changes.
 *
 * @param since as in {@link IngestionQuestion}
 */
export function describeStall(
  { product, evidence }: Pick<IngestionSource, "product" | "evidence">,
  since: Date | undefined,
  firstSeen: string | undefined,
): string {
  const what = `stalled: no ${product} ${evidence} seen in the exposure graph`;
  if (firstSeen !== undefined) return `${what} any more; the first was seen on ${firstSeen}`;
  return since === undefined ? what : `${what} since ${dayOf(since)}`;
}

export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
