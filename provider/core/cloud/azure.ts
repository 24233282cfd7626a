/**
 * What Azure's own resources can hold of a list of prefixes, and in which form. Pure. Nothing is left out or widened
 * silently: what does not fit stands in the result with its reason, and too many are an error before anything is sent.
 */
import { MsemError } from "../errors";
import { comparePrefixes, formatAddress, formatPrefix, type Prefix, parsePrefix, toInterval } from "../ip/index";
import { specialPurposeOf } from "../servicetags/specialPurpose";

/** A prefix that a resource cannot hold. */
export interface LeftOut {
  readonly prefix: string;
  /** `IPv6 is not supported`, … */
  readonly reason: string;
}

/** What a resource takes. */
export interface Fitted {
  /** Sorted, each once. Yours to change, as the arguments of resources are. */
  readonly values: string[];
  /** What it cannot hold. Show it: whoever calls from there is not let in. */
  readonly leftOut: LeftOut[];
  /** One line on what is left out; undefined when nothing is. */
  readonly warning?: string;
}

/** Prefixes, as a list or as the keys of a map (`prefixes` of a `ServiceTagRanges`). */
export type Prefixes = readonly string[] | Readonly<Record<string, unknown>>;

/** How many entries a resource takes. */
export interface LimitOptions {
  /** Another limit than the one that was documented when this was written. Whole, 1 or more. */
  readonly limit?: number;
}

/**
 * IP rules of a storage account. By Microsoft's page on its limitations: public IPv4 only, neither /31 nor /32. Of the
 * number, Microsoft's present page names 400 for virtual network rules, secondary sources the same for IP rules; pages of
 * 2020 say 200. Hence the option.
 */
export const storageRuleLimit = 400;

/** Addresses of an IP group: IPv4 addresses, prefixes and ranges are documented; 5,000 in a group. */
export const ipGroupLimit = 5_000;

/** Addresses in the source fields of all rules of a network security group together, by the page on Azure's limits. */
export const securityGroupLimit = 4_000;

/**
 * @throws MsemError MSEM_INVALID when an entry is no prefix, all at once; when more than the limit are left, or none
 */
export function storageIpRules(prefixes: Prefixes, { limit = storageRuleLimit }: LimitOptions = {}): Fitted {
  const what = "the IP rules of a storage account";
  return fit(prefixes, what, limit, (prefix) => {
    if (prefix.family === "ipv6") return "IPv6 is not supported";
    const special = specialPurposeOf(prefix);
    if (special !== undefined) return `only public addresses are supported, this is ${special}`;
    return prefix.length < 31 ? [formatPrefix(prefix)] : singles(prefix);
  });
}

/**
 * @throws MsemError MSEM_INVALID when an entry is no prefix, all at once; when more than the limit are left, or none
 */
export function ipGroupAddresses(prefixes: Prefixes, { limit = ipGroupLimit }: LimitOptions = {}): Fitted {
  return fit(prefixes, "an IP group", limit, (prefix) =>
    prefix.family === "ipv6" ? "only IPv4 is documented" : [formatPrefix(prefix)],
  );
}

/** What the two rules take: one of a network security group cannot hold both families. */
export interface SecurityRulePrefixes {
  readonly ipv4: string[];
  readonly ipv6: string[];
}

/**
 * @throws MsemError MSEM_INVALID when an entry is no prefix, all at once; when more than the limit are left, or none
 */
export function securityRulePrefixes(
  prefixes: Prefixes,
  { limit = securityGroupLimit }: LimitOptions = {},
): SecurityRulePrefixes {
  const { values } = fit(prefixes, "the sources of a network security group", limit, (prefix) => [
    formatPrefix(prefix),
  ]);
  return { ipv4: values.filter((text) => !text.includes(":")), ipv6: values.filter((text) => text.includes(":")) };
}

function fit(
  given: Prefixes,
  what: string,
  limit: number,
  form: (prefix: Prefix) => readonly string[] | string,
): Fitted {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new MsemError("MSEM_INVALID", `limit: must be a whole number, 1 or more, and is ${String(limit)}`);
  }
  const values = new Set<string>();
  const leftOut: LeftOut[] = [];
  for (const prefix of readAll(given)) {
    const made = form(prefix);
    if (typeof made === "string") leftOut.push({ prefix: formatPrefix(prefix), reason: made });
    else for (const value of made) values.add(value);
  }
  if (values.size === 0) {
    throw new MsemError("MSEM_INVALID", `none of ${leftOut.length} prefixes can stand in ${what}`, {
      hint: 'An empty list is never taken as "remove all": that would shut out everybody, or nobody.',
    });
  }
  if (values.size > limit) {
    throw new MsemError("MSEM_INVALID", `${values.size} entries do not fit into ${what}: the limit is ${limit}`, {
      hint: "Use a resource with more room. Summarising would let in addresses that nobody asked for.",
    });
  }
  const warning = warningOf(leftOut, what);
  return { values: [...values], leftOut, ...(warning === undefined ? {} : { warning }) };
}

/** Sorted; all that are no prefixes at once. */
function readAll(given: Prefixes): Prefix[] {
  const texts: readonly unknown[] = Array.isArray(given) ? given : Object.keys(given);
  const problems: string[] = [];
  const prefixes = texts.flatMap((text) => {
    const parsed = parsePrefix(String(text));
    if (parsed.ok) return [parsed.value];
    problems.push(parsed.problem.message);
    return [];
  });
  if (problems.length > 0) {
    const lines = problems.map((message) => `\n  ${message}`).join("");
    throw new MsemError("MSEM_INVALID", `${problems.length} of ${texts.length} entries are no prefixes${lines}`);
  }
  return prefixes.sort(comparePrefixes);
}

/** The addresses of a /31 or /32, without a length. */
function singles(prefix: Prefix): string[] {
  const { family, first, last } = toInterval(prefix);
  const [a, b] = [formatAddress({ family, words: first }), formatAddress({ family, words: last })];
  return a === b ? [a] : [a, b];
}

function warningOf(leftOut: readonly LeftOut[], what: string): string | undefined {
  if (leftOut.length === 0) return undefined;
  const reasons = [...Map.groupBy(leftOut, ({ reason }) => reason)]
    .map(([reason, group]) => `${group.length} because ${reason}`)
    .join("; ");
  return `${leftOut.length} ${leftOut.length === 1 ? "prefix is" : "prefixes are"} left out of ${what}: ${reasons}`;
}
