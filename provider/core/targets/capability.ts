/**
 * What a product's allowlist can hold, and how it is written. Data with a source: validation in a preview, the plan, the
 * conformance tests and the docs table are all made from it.
 */
import type { Family, Prefix } from "../ip/index";

/** In what form an entry may stand in the product. */
export type EntryForm = "prefix" | "range" | "single";

/**
 * What one write replaces. `entry`: one row. `list`: everything at once. `lists`: one of several named lists of a few
 * entries each.
 */
export type Granularity =
  | { readonly kind: "entry" }
  | { readonly kind: "list" }
  | { readonly kind: "lists"; readonly entriesPerList: number; readonly lists: number };

export interface Capability {
  readonly families: readonly Family[];
  /** The first one is how we write; the others are only read. */
  readonly forms: readonly [EntryForm, ...EntryForm[]];
  /** Shortest and longest prefix length that is accepted; absent where none is documented. */
  readonly shortest?: Partial<Readonly<Record<Family, number>>>;
  readonly longest?: Partial<Readonly<Record<Family, number>>>;
  readonly granularity: Granularity;
  /** Entries in all, those of other people included; absent where no limit is documented. */
  readonly maxEntries?: number;
  /**
   * How our entries are known again. `mark`: a text on each entry. `list`: named lists of our own. `state`: nothing in
   * the product tells, so the owned set lives in the stack's state.
   */
  readonly ownership: "mark" | "list" | "state";
  /**
   * What is restricted together: `family` has a list per family, each with its own meaning when empty; `whole` is one
   * list for both.
   */
  readonly compartments: "family" | "whole";
  /** `open`: an empty list lets everybody in, and the first entry shuts out the rest. `harmless`: entries only allow. */
  readonly emptyMeans: "open" | "harmless";
  /** Whether the product itself refuses a list without the caller's address. */
  readonly selfLockoutGuard: "server" | "none";
  /** A version token that a write can name, so that a lost race is refused. */
  readonly concurrency: "none" | "token";
  /** Where the facts come from. */
  readonly source: string;
  /** How and when they were verified: `documentation, 2026-11`. */
  readonly lastVerified: string;
  /** What else a reader of the limits table should know. */
  readonly remarks?: readonly string[];
}

/** Why a prefix cannot stand in the product; undefined when it can. */
export function misfit(capability: Capability, prefix: Prefix): string | undefined {
  const { family, length } = prefix;
  if (!capability.families.includes(family)) return `${nameOf(family)} is not supported`;
  const shortest = capability.shortest?.[family];
  if (shortest !== undefined && length < shortest) return `prefixes shorter than /${shortest} are refused`;
  const longest = capability.longest?.[family];
  if (longest !== undefined && length > longest) return `prefixes longer than /${longest} are refused`;
  return undefined;
}

function nameOf(family: Family): string {
  return family === "ipv4" ? "IPv4" : "IPv6";
}
