/**
 * A product's allowlist in memory: takes a plan's changes write by write, knows who really made each entry, and judges
 * what each write did. It shares no judgement with the engine: addresses are bits of a small neighbourhood, 32 of each
 * family.
 */

import type { Family } from "../../../provider/core/ip/index";
import type { Capability } from "../../../provider/core/targets/capability";
import { type ObservedAllowlist, type ObservedEntry, observedEntry } from "../../../provider/core/targets/entries";
import { type Add, type Edit, type Plan, writesOf } from "../../../provider/core/targets/plan";

/** Addresses `first` to `last` of the neighbourhood. */
export interface Span {
  readonly family: Family;
  readonly first: number;
  readonly last: number;
}

export function addressText(family: Family, offset: number): string {
  if (family === "ipv4") return `192.0.2.${offset}`;
  return offset === 0 ? "2001:db8::" : `2001:db8::${offset.toString(16)}`;
}

/** An address that is none of the neighbourhood's. */
export const elsewhere: Span = { family: "ipv4", first: 0, last: -1 };

/** A span whose size is a power of two and which starts at a multiple of it. */
export function prefixText({ family, first, last }: Span): string {
  const length = (family === "ipv4" ? 32 : 128) - Math.log2(last - first + 1);
  return `${addressText(family, first)}/${length}`;
}

export function rangeText({ family, first, last }: Span): string {
  return `${addressText(family, first)}-${addressText(family, last)}`;
}

export interface Entry {
  readonly id: string;
  text: string;
  /** Absent for a host name. */
  span?: Span | undefined;
  /** The truth, not what the engine believes. */
  ours: boolean;
  active: boolean;
  list?: string | undefined;
}

interface List {
  readonly id: string;
  readonly name: string;
  readonly marked: boolean;
}

export interface Settings {
  readonly capability: Capability;
  /** Where an empty list is harmless: whether only listed addresses get in. */
  readonly inForce: boolean;
}

/** What is judged before and after each write. */
export interface Picture {
  readonly enforced: Readonly<Record<Family, boolean>>;
  /** Bits of the addresses that an entry admits. */
  readonly admitted: Readonly<Record<Family, number>>;
  /** Entries that admit somebody. */
  readonly active: Readonly<Record<Family, number>>;
  readonly foreign: readonly string[];
  readonly total: number;
  readonly lists: number;
  readonly fullestOfOurs: number;
}

export function bitsOfSpan({ first, last }: Span): number {
  let bits = 0;
  for (let offset = first; offset <= last; offset++) bits |= 1 << offset;
  return bits >>> 0;
}

export class Product {
  entries: Entry[] = [];
  lists: List[] = [];
  private ids = 0;
  private shown = new Map<ObservedEntry, Entry>();
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  private nextId(): string {
    return `id-${String(++this.ids).padStart(4, "0")}`;
  }

  /** `ours` is the truth; `list` the id of the list that takes it. */
  put(text: string, span: Span | undefined, ours: boolean, list?: string): Entry {
    const entry: Entry = { id: this.nextId(), text, span, ours, active: true, list };
    this.entries.push(entry);
    return entry;
  }

  makeList(name: string, marked: boolean): string {
    const id = this.nextId();
    this.lists.push({ id, name, marked });
    return id;
  }

  drop(entry: Entry): void {
    this.entries = this.entries.filter((one) => one !== entry);
    this.lists = this.lists.filter(({ id }) => id !== entry.list || this.entries.some(({ list }) => list === id));
  }

  enforced(): Readonly<Record<Family, boolean>> {
    const { capability, inForce } = this.settings;
    if (capability.emptyMeans === "harmless") return { ipv4: inForce, ipv6: inForce };
    const has = (family: Family) => this.entries.some(({ span, active }) => active && span?.family === family);
    if (capability.compartments === "family") return { ipv4: has("ipv4"), ipv6: has("ipv6") };
    const any = has("ipv4") || has("ipv6");
    return { ipv4: any, ipv6: any };
  }

  /** In the order that is asked for, as a product may give them. */
  read(order: (entries: readonly Entry[]) => readonly Entry[] = (entries) => entries): ObservedAllowlist {
    const { ownership } = this.settings.capability;
    this.shown = new Map();
    const entries = order(this.entries).map((entry) => {
      const marked = ownership === "mark" ? entry.ours : this.lists.some(({ id, marked: m }) => id === entry.list && m);
      const observed = observedEntry(entry.text, {
        id: entry.list ?? entry.id,
        ...(ownership === "state" ? {} : { marked }),
        ...(entry.active ? {} : { inactive: true }),
      });
      this.shown.set(observed, entry);
      return observed;
    });
    return {
      entries,
      enforced: this.enforced(),
      ...(this.settings.capability.granularity.kind === "lists" ? { lists: this.lists } : {}),
    };
  }

  /** The writes of a plan, each of which the product takes whole or not at all. */
  writesOf(plan: Plan): (Add | Edit)[][] {
    const writes = writesOf(plan);
    switch (this.settings.capability.granularity.kind) {
      case "entry":
        return writes.map((write) => [write]);
      case "list":
        return writes.length === 0 ? [] : [writes];
      case "lists":
        return this.listWrites(writes, this.settings.capability.granularity.entriesPerList);
    }
  }

  /** New lists, additions, exchanges in full lists, removals. */
  private listWrites(writes: readonly (Add | Edit)[], size: number): (Add | Edit)[][] {
    const made = new Map<string, (Add | Edit)[]>();
    const touched = new Map<string, (Add | Edit)[]>();
    for (const write of writes) {
      const id = write.verb === "add" ? write.list?.id : write.entry.id;
      const [group, key] = id === undefined ? [made, `${write.verb === "add" && write.list?.name}`] : [touched, id];
      group.set(key, [...(group.get(key) ?? []), write]);
    }
    const [added, exchanged, removed]: (Add | Edit)[][][] = [[], [], []];
    for (const [id, list] of touched) {
      const adds = list.filter(({ verb }) => verb === "add");
      const removes = list.filter(({ verb }) => verb === "remove");
      if (this.entries.filter((entry) => entry.list === id).length + adds.length > size) exchanged?.push(list);
      else {
        if (adds.length > 0) added?.push(adds);
        if (removes.length > 0) removed?.push(removes);
      }
    }
    return [...made.values(), ...(added ?? []), ...(exchanged ?? []), ...(removed ?? [])];
  }

  take(write: readonly (Add | Edit)[], spanOf: (text: string) => Span): void {
    for (const change of write) {
      if (change.verb === "add") {
        const list = this.listFor(change);
        this.put(change.block.text, spanOf(change.block.text), true, list);
        continue;
      }
      const entry = this.shown.get(change.entry);
      if (entry === undefined || !this.entries.includes(entry)) throw new Error(`no such entry: ${change.block.text}`);
      if (change.verb === "update") entry.active = true;
      else this.entries = this.entries.filter((one) => one !== entry);
    }
    this.lists = this.lists.filter(({ id, marked }) => !marked || this.entries.some(({ list }) => list === id));
  }

  private listFor({ list }: Add): string | undefined {
    if (this.settings.capability.granularity.kind !== "lists") return undefined;
    if (list === undefined) throw new Error("no list for an addition");
    if (list.id !== undefined) {
      if (!this.lists.some(({ id, marked }) => id === list.id && marked)) throw new Error("no list of ours");
      return list.id;
    }
    return this.lists.find(({ name }) => name === list.name)?.id ?? this.makeList(list.name, true);
  }

  picture(): Picture {
    const admitted = { ipv4: 0, ipv6: 0 };
    for (const { span, active } of this.entries) {
      if (span !== undefined && active) admitted[span.family] = (admitted[span.family] | bitsOfSpan(span)) >>> 0;
    }
    const active = (family: Family) => this.entries.filter((one) => one.active && one.span?.family === family).length;
    const sizes = this.lists
      .filter(({ marked }) => marked)
      .map(({ id }) => this.entries.filter(({ list }) => list === id).length);
    const byId = this.settings.capability.ownership !== "state";
    return {
      enforced: this.enforced(),
      admitted,
      active: { ipv4: active("ipv4"), ipv6: active("ipv6") },
      // Where nothing tells two equal entries apart, it is their number that counts.
      foreign: this.entries.filter(({ ours }) => !ours).map(({ id, text }) => (byId ? id : text)),
      total: this.entries.length,
      lists: this.lists.length,
      fullestOfOurs: Math.max(0, ...sizes),
    };
  }

  /** How many entries there are of each text. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { text } of this.entries) counts.set(text, (counts.get(text) ?? 0) + 1);
    return counts;
  }
}
