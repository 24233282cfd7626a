/**
 * Commands for the configuration mode, also where the configuration was given in braces. An address set holds names, so
 * each new prefix gets an address; addresses of members that go out stay, because others may use them.
 */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { namesFor } from "../objects";

/** The list as commands name it: its id, without the kind. */
function pathOf({ id, kind }: NamedSet): string {
  const path = id.slice(kind.length + 1);
  return kind === "address-set" || kind === "prefix-list" ? quotedName(path, kind) : path;
}

/** Names with blanks or signs need quotes. */
function quotedName(path: string, kind: string): string {
  const at = path.indexOf(`${kind} `) + kind.length + 1;
  return path.slice(0, at) + quoted(path.slice(at));
}

function quoted(name: string): string {
  return /^[\w.:/-]+$/.test(name) ? name : `"${name.replace(/(["\\])/g, "\\$1")}"`;
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join("");
}

interface Spelled {
  readonly define: readonly string[];
  readonly undefine: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

function spell({ set, add, remove }: ListChange, sets: readonly NamedSet[]): Spelled {
  const path = pathOf(set);
  if (set.kind !== "address-set") {
    return {
      define: [],
      undefine: [],
      added: add.map((prefix) => `${path} ${formatPrefix(prefix)}`),
      removed: remove.map(({ text }) => `${path} ${text}`),
    };
  }
  const book = path.slice(0, path.indexOf("address-set "));
  const named = namesFor(add, set, sets);
  const made = named.filter(({ exists }) => !exists);
  return {
    define: made.map(({ name, prefix }) => `${book}address ${name} ${formatPrefix(prefix)}`),
    undefine: made.map(({ name }) => `${book}address ${name}`),
    added: named.map(({ name }) => `${path} address ${name}`),
    removed: remove.map(({ text }) => `${path} address ${quoted(text)}`),
  };
}

const commands = (verb: "set" | "delete", paths: readonly string[]): string[] => paths.map((path) => `${verb} ${path}`);

export const renderJunos: Format["render"] = {
  change(change, { sets }) {
    const { define, added, removed } = spell(change, sets);
    return lines([...commands("set", [...define, ...added]), ...commands("delete", removed)]);
  },
  rollback(change, { sets }) {
    const { undefine, added, removed } = spell(change, sets);
    return lines([...commands("set", removed), ...commands("delete", [...added, ...undefine])]);
  },
  full: ({ name, prefixes }) =>
    lines(prefixes.map((prefix) => `set policy-options prefix-list ${quoted(name)} ${formatPrefix(prefix)}`)),
};

export function refuseJunos({ kind }: NamedSet): string | undefined {
  if (kind === "address") return "an address holds one prefix, range or wildcard; name an address-set";
  return kind.endsWith("-address") ? "its addresses stand in a term; move them into a prefix-list first" : undefined;
}
