/** Which definition of a name counts: the scope's own, then those of the device groups around it, then the shared one. */
import type { NamedSet } from "../../core/allowlist/index";
import type { ObjectKind, PanObject, Scope, Store } from "./store";

export interface Found {
  readonly scope: Scope;
  readonly object: PanObject;
}

export interface Scopes {
  /** The scope, the device groups around it, shared. */
  chain(scope: Scope): readonly Scope[];
  find(scope: Scope, kind: ObjectKind, name: string): Found | undefined;
}

/** Device groups nest four deep. */
const deepest = 16;

export function scopesOf(store: Store): Scopes {
  const all = [...store.scopes()];
  const groups = new Map(all.filter(({ kind }) => kind === "device-group").map((scope) => [scope.name, scope]));
  const shared = all.find(({ kind }) => kind === "shared");
  const chains = new Map<Scope, readonly Scope[]>();
  const chain = (scope: Scope): readonly Scope[] => {
    const known = chains.get(scope);
    if (known !== undefined) return known;
    const made = new Set([scope]);
    let next = scope.parent;
    while (next !== undefined && made.size < deepest) {
      const outer = groups.get(next);
      if (outer === undefined || made.has(outer)) break;
      made.add(outer);
      next = outer.parent;
    }
    if (shared !== undefined) made.add(shared);
    const result = [...made];
    chains.set(scope, result);
    return result;
  };
  return {
    chain,
    find(scope, kind, name) {
      for (const one of chain(scope)) {
        const object = one.objects[kind].get(name);
        if (object !== undefined) return { scope: one, object };
      }
      return undefined;
    },
  };
}

/** As users write it before a name; empty for the one vsys of a file without names. */
export function scopeText({ kind, name }: Scope): string {
  return kind === "shared" ? "shared" : name;
}

/** With its kind, as commands and ids have it: `device-group BRANCHES`. */
function scopePath({ kind, name }: Scope): string {
  return kind === "shared" ? "shared" : name === "" ? "" : `${kind} ${name}`;
}

type SetKind = "address" | "address-group" | "external-list";

export function setId(kind: SetKind, scope: Scope, name: string): string {
  const path = scopePath(scope);
  return path === "" ? `${kind}:${name}` : `${kind}:${path}/${name}`;
}

/** Where a set is: the inverse of {@link setId}. */
export function placeOfSet({ id, kind, name }: Pick<NamedSet, "id" | "kind" | "name">): {
  readonly kind: Scope["kind"];
  readonly name: string;
} {
  const path = id.slice(kind.length + 1, id.length - name.length).replace(/\/$/, "");
  if (path === "shared") return { kind: "shared", name: "shared" };
  const blank = path.indexOf(" ");
  return path.startsWith("device-group ")
    ? { kind: "device-group", name: path.slice(blank + 1) }
    : { kind: "vsys", name: path.slice(blank + 1) };
}
