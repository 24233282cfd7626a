/** From a plan to writes of whole lists: additions before removals, one write for each list where that is possible. */
import type { ObservedAllowlist } from "../../core/targets/entries";
import type { Plan } from "../../core/targets/plan";

/** A list to be made. */
export interface NewList {
  readonly name: string;
  readonly cidr: readonly string[];
}

/** A list to be written again. */
export interface ListEdit {
  readonly id: string;
  readonly add: readonly string[];
  /** Texts as the product has them; each stands for one entry. */
  readonly remove: readonly string[];
}

export interface ListWrites {
  readonly create: readonly NewList[];
  /** In order. */
  readonly edit: readonly ListEdit[];
}

/**
 * Adds to all lists before it removes from any, so that no address is outside while it moves from one list to another.
 * Two cases need no second write: only one list changes, or a list is so full that old entries must go in the same write.
 */
export function listWrites({ changes }: Plan, { entries }: ObservedAllowlist, entriesPerList: number): ListWrites {
  const created = new Map<string, string[]>();
  const touched = new Map<string, { readonly add: string[]; readonly remove: string[] }>();
  const edit = (id: string) => {
    const found = touched.get(id) ?? { add: [], remove: [] };
    touched.set(id, found);
    return found;
  };
  for (const change of changes) {
    if (change.verb === "add") {
      const { id, name = "" } = change.list ?? {};
      if (id !== undefined) edit(id).add.push(change.block.text);
      else created.set(name, [...(created.get(name) ?? []), change.block.text]);
    } else if (change.verb === "remove" && change.entry.id !== undefined) {
      edit(change.entry.id).remove.push(change.entry.text);
    }
  }
  const alone = touched.size === 1 && created.size === 0;
  const first: ListEdit[] = [];
  const full: ListEdit[] = [];
  const last: ListEdit[] = [];
  for (const [id, { add, remove }] of touched) {
    const room = entriesPerList - entries.filter((entry) => entry.id === id).length;
    if (alone || add.length > room) full.push({ id, add, remove });
    else {
      if (add.length > 0) first.push({ id, add, remove: [] });
      if (remove.length > 0) last.push({ id, add: [], remove });
    }
  }
  return {
    create: [...created].map(([name, cidr]) => ({ name, cidr })),
    edit: [...first, ...full, ...last],
  };
}

/** The entries of a list after an edit. What somebody else has put there meanwhile stays. */
export function edited(cidr: readonly string[], { add, remove }: ListEdit): string[] {
  const next = [...cidr];
  for (const text of remove) {
    const at = next.indexOf(text);
    if (at >= 0) next.splice(at, 1);
  }
  return [...next, ...add.filter((text) => !next.includes(text))];
}
