/**
 * Addresses that nobody on the Internet calls from, so that a published list that holds them is wrong. From the
 * special-purpose address registries of IANA (RFC 6890), as far as they are not globally reachable.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
import { containsPrefix, type Prefix, parsePrefix } from "../ip/index";

const blocks: readonly (readonly [Prefix, string])[] = (
  [
    ["0.0.0.0/8", "unspecified"],
    ["10.0.0.0/8", "private"],
    ["100.64.0.0/10", "shared (carrier-grade NAT)"],
    ["127.0.0.0/8", "loopback"],
    ["169.254.0.0/16", "link-local"],
    ["172.16.0.0/12", "private"],
    ["192.0.0.0/24", "reserved"],
    ["192.0.2.0/24", "documentation"],
    ["192.88.99.0/24", "reserved"],
    ["192.168.0.0/16", "private"],
    ["198.18.0.0/15", "reserved (benchmarks)"],
    ["198.51.100.0/24", "documentation"],
    ["203.0.113.0/24", "documentation"],
    ["224.0.0.0/4", "multicast"],
    ["240.0.0.0/4", "reserved"],
    ["::/128", "unspecified"],
    ["::1/128", "loopback"],
    ["::ffff:0:0/96", "reserved (mapped IPv4)"],
    ["fc00::/7", "unique local"],
    ["fe80::/10", "link-local"],
    ["ff00::/8", "multicast"],
    ["2001:2::/48", "reserved (benchmarks)"],
    ["2001:db8::/32", "documentation"],
    ["3fff::/20", "documentation"],
  ] as const
).map(([text, what]) => [known(text), what]);

/** All IPv6 addresses that have been given out for the Internet are in here (RFC 4291, section 2.4). */
const global6 = known("2000::/3");

/** What is special about the prefix, or about a part of it: `private`, `documentation`, …; undefined for ordinary ones. */
export function specialPurposeOf(prefix: Prefix): string | undefined {
  for (const [block, what] of blocks) {
    if (containsPrefix(block, prefix) || containsPrefix(prefix, block)) return what;
  }
  return prefix.family === "ipv6" && !containsPrefix(global6, prefix) ? "reserved" : undefined;
}

function known(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}
