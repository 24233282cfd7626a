/** Addresses as the Ciscos write them. */
import { bitsOf, formatAddress, formatPrefix, intervalOf, type Prefix } from "../../core/ip/index";

/** `host 192.0.2.1`, `192.0.2.0 255.255.255.0`, `2001:db8::/32`. */
export function withNetmask(prefix: Prefix): string {
  if (prefix.length === bitsOf(prefix.family)) return `host ${formatAddress(prefix)}`;
  if (prefix.family === "ipv6") return formatPrefix(prefix);
  const { first, last } = intervalOf(prefix);
  const mask = ~((first[0] as number) ^ (last[0] as number)) >>> 0;
  return `${formatAddress(prefix)} ${formatAddress({ family: "ipv4", words: [mask] })}`;
}

/** `host 192.0.2.1`, `192.0.2.0/24`. */
export function withLength(prefix: Prefix): string {
  return prefix.length === bitsOf(prefix.family) ? `host ${formatAddress(prefix)}` : formatPrefix(prefix);
}
