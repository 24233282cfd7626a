/**
 * References to network interfaces of a cloud: a group as a source admits its members by their private addresses and
 * never a caller from the internet. Which addresses is not in the file, but where they can be is.
 */
import type { Entry } from "../core/allowlist/index";
import { type Prefix, parsePrefix } from "../core/ip/index";

function prefixes(texts: readonly string[]): readonly Prefix[] {
  return texts.map((text) => {
    const parsed = parsePrefix(text);
    if (!parsed.ok) throw new TypeError(parsed.problem.message);
    return parsed.value;
  });
}

/** Addresses that only a network of one's own has: RFC 1918, RFC 6598, RFC 4193, and link-local ones. */
export const privateSpace: readonly Prefix[] = prefixes([
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "fc00::/7",
  "fe80::/10",
]);

/** The reference as unknown entries, one for each place where its members' addresses can be. */
export function interfaceEntries(entry: Entry): Entry[] {
  return privateSpace.map((within) => ({ ...entry, term: { kind: "unknown", what: "dynamic", within } }));
}
