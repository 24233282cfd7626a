/** Address objects for prefixes that are added: a group holds names, so each prefix needs one. */
import type { NamedSet } from "../core/allowlist/index";
import { formatPrefix, intervalOf, intervalPrefixes, type Prefix } from "../core/ip/index";

export interface Named {
  readonly name: string;
  readonly prefix: Prefix;
  /** The object is there already, with this very value. */
  readonly exists: boolean;
}

/** Letters, digits, hyphens, dots: what names of objects may have. `msem-192.0.2.0-28`, `msem-2001-db8--10-124`. */
function baseName(prefix: Prefix): string {
  return `msem-${formatPrefix(prefix).replace(/[:/]/g, "-")}`;
}

/** A name for each prefix, in the scope of the group: the object that is there, or a name that is free. */
export function namesFor(
  prefixes: readonly Prefix[],
  { scope }: Pick<NamedSet, "scope">,
  sets: readonly NamedSet[],
): Named[] {
  const objects = new Map(
    sets.filter((set) => set.scope === scope && set.kind !== "external-list").map((set) => [set.name, set]),
  );
  return prefixes.map((prefix) => {
    for (let copy = 1; ; copy++) {
      const name = copy === 1 ? baseName(prefix) : `${baseName(prefix)}-${copy}`;
      const there = objects.get(name);
      if (there === undefined) return { name, prefix, exists: false };
      if (holdsOnly(there, prefix)) return { name, prefix, exists: true };
    }
  });
}

function holdsOnly({ kind, entries: [entry, ...more] }: NamedSet, prefix: Prefix): boolean {
  if (kind !== "address" || more.length > 0 || entry?.term.kind !== "block") return false;
  const [only, ...rest] = intervalPrefixes(intervalOf(entry.term.block));
  return only !== undefined && rest.length === 0 && formatPrefix(only) === formatPrefix(prefix);
}
