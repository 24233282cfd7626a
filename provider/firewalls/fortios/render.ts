/**
 * Commands for the FortiOS CLI. A prefix is an address object of its own, named after it; groups hold names. New members go
 * in before old ones go out, as a group may not be empty. Objects that go out stay defined: others may use them.
 */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatAddress, formatPrefix, intervalOf, type Prefix } from "../../core/ip/index";

const nameOf = (prefix: Prefix): string => `msem-${formatPrefix(prefix)}`;

/** A name in quotes, as the CLI reads it. */
const quoted = (name: string): string => `"${name.replace(/["\\]/g, "\\$&")}"`;

function addressOf(prefix: Prefix): string {
  if (prefix.family === "ipv6") return `set ip6 ${formatPrefix(prefix)}`;
  const { first, last } = intervalOf(prefix);
  const mask = ~((first[0] as number) ^ (last[0] as number)) >>> 0;
  return `set subnet ${formatAddress(prefix)} ${formatAddress({ family: "ipv4", words: [mask] })}`;
}

function config(table: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`config firewall ${table}`, ...lines.map((line) => `    ${line}`), "end"];
}

function definitions(prefixes: readonly Prefix[], family: Prefix["family"]): string[] {
  const lines = prefixes.flatMap((prefix) => [`edit ${quoted(nameOf(prefix))}`, `    ${addressOf(prefix)}`, "next"]);
  return config(family === "ipv6" ? "address6" : "address", lines);
}

interface Members {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

function group(name: string, family: Prefix["family"] | undefined, { added, removed }: Members): string[] {
  const members = [
    ...added.map((one) => `    append member ${quoted(one)}`),
    ...removed.map((one) => `    unselect member ${quoted(one)}`),
  ];
  return config(family === "ipv6" ? "addrgrp6" : "addrgrp", [`edit ${quoted(name)}`, ...members, "next"]);
}

/** The whole, inside of its VDOM. */
function text({ scope }: Pick<NamedSet, "scope">, lines: readonly string[]): string {
  const within = scope === undefined ? lines : ["config vdom", `edit ${quoted(scope)}`, ...lines, "end"];
  return `${within.join("\n")}\n`;
}

const isNothing = ({ add, remove }: ListChange): boolean => add.length + remove.length === 0;
const removedNames = ({ remove }: ListChange): string[] => remove.map(({ path, text }) => path ?? text);

export const renderFortios: Format["render"] = {
  change: (change) => {
    if (isNothing(change)) return "";
    const { set, add } = change;
    const members = { added: add.map(nameOf), removed: removedNames(change) };
    return text(set, [...definitions(add, set.family ?? "ipv4"), ...group(set.name, set.family, members)]);
  },
  rollback: (change) => {
    if (isNothing(change)) return "";
    const { set, add } = change;
    const members = { added: removedNames(change), removed: add.map(nameOf) };
    const deletions = add.map((prefix) => `delete ${quoted(nameOf(prefix))}`);
    return text(set, [
      ...group(set.name, set.family, members),
      ...config(set.family === "ipv6" ? "address6" : "address", deletions),
    ]);
  },
  full: ({ name, prefixes }) => {
    const family = prefixes[0]?.family ?? "ipv4";
    const lines = [
      `edit ${quoted(name)}`,
      `    set member ${prefixes.map((one) => quoted(nameOf(one))).join(" ")}`,
      "next",
    ];
    return text({}, [
      ...definitions(prefixes, family),
      ...config(family === "ipv6" ? "addrgrp6" : "addrgrp", prefixes.length === 0 ? [] : lines),
    ]);
  },
};

export function refuseFortios({ kind }: NamedSet): string | undefined {
  return kind === "firewall address" ? "a wildcard is one object; name a group" : undefined;
}
