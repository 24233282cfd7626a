/**
 * The body of `UpdateIPSet`, which replaces the whole set, so that all that stays is named: for
 * `aws wafv2 update-ip-set --cli-input-json`. The lock token makes it fail when the set has been changed since.
 */
import type { Format, FullList, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { entriesAfter, entriesBefore, isIdle } from "../replaced";

/** In place of a token that is not known yet: each update makes a new one. */
export const unknownToken = "LOCK_TOKEN";

function update(set: NamedSet, addresses: readonly string[], token: string): string {
  const { id, name, description } = set;
  const arn = /^arn:[^:]*:wafv2:[^:]*:[^:]*:(regional|global)\/ipset\/[^/]*\/([^/#]+)/.exec(id);
  const body = {
    Name: name,
    Scope: arn === null ? "SCOPE" : arn[1] === "global" ? "CLOUDFRONT" : "REGIONAL",
    Id: arn?.[2] ?? id,
    // What is left out would be cleared.
    ...(description === undefined ? {} : { Description: description }),
    Addresses: addresses,
    LockToken: token,
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}

function full({ name, prefixes }: FullList): string {
  const [first] = prefixes;
  const set = {
    Name: name,
    Id: "ID",
    IPAddressVersion: first?.family === "ipv6" ? "IPV6" : "IPV4",
    Addresses: prefixes.map(formatPrefix),
  };
  return `${JSON.stringify({ IPSet: set, LockToken: unknownToken }, null, 2)}\n`;
}

export const renderIpSet: Format["render"] = {
  change: (change) =>
    isIdle(change) ? "" : update(change.set, entriesAfter(change), change.set.token ?? unknownToken),
  rollback: (change) => (isIdle(change) ? "" : update(change.set, entriesBefore(change), unknownToken)),
  full,
};
