/** Prefixes to wish for, all in documentation and benchmarking ranges. */

import { parsePrefix } from "../../provider/core/ip/index";
import { type Capability, misfit } from "../../provider/core/targets/capability";

export const few = ["192.0.2.0/29", "192.0.2.16/31", "192.0.2.44/32"];
export const changed = ["192.0.2.0/29", "192.0.2.44/32", "192.0.2.64/28", "2001:db8:1::/48"];
export const fewer = ["192.0.2.44/32"];

/** As many as a large service tag has. */
export const all = [
  ...fromNumber(0, 220),
  ...Array.from({ length: 40 }, (_, n) => `2001:db8:${(n + 1).toString(16)}::/48`),
];

/** `count` prefixes of one address each, from 198.18.0.0 on. */
export function fromNumber(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `198.18.${(first + n) >>> 8}.${(first + n) & 255}/32`);
}

/** Those that the product can hold. */
export function fitting(capability: Capability, prefixes: readonly string[]): string[] {
  return prefixes.filter((text) => {
    const parsed = parsePrefix(text);
    return parsed.ok && misfit(capability, parsed.value) === undefined;
  });
}

export function merged(...lists: (readonly string[])[]): string[] {
  return lists.flat().sort();
}
