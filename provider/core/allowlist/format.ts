/** A format of firewall configurations: text in, model out; a planned change in, the vendor's own language out. */
import type { Prefix } from "../ip/index";
import type { Capability } from "./capability";
import type { Evaluation, Model, NamedSet } from "./model";
import type { ListChange } from "./plan";

/** A whole list, to be written anew. */
export interface FullList {
  readonly name: string;
  /** In canonical order; only what the format can hold. */
  readonly prefixes: readonly Prefix[];
}

export interface Format {
  /** What `--vendor` takes: lower case with hyphens, the name of the folder. */
  readonly id: string;
  readonly displayName: string;
  /** How a person gets the configuration off the device. Shown in the docs. */
  readonly exported: string;
  /**
   * How likely a file is of this format, 0 to 1, by its first 64 KiB, without a byte order mark. 0.9 and more only for
   * words that no other format has; 0 where anything speaks against it.
   */
  readonly detect: (head: string) => number;
  /** Which of several matching rules decides; `none` where there are no rules. For the docs; rule lists carry their own. */
  readonly evaluation: Evaluation | "none";
  readonly capability: Capability;
  /**
   * Never throws because of what stands in the text: what is not understood becomes a note, and an unknown term where it
   * could matter. Linear in time and memory. The text has no byte order mark and no NUL; any line ending may occur.
   */
  readonly parse: (text: string, file: string) => Model;
  /** Why this list cannot be changed by rendering, as a clause: `it holds one address`. Default: all lists can. */
  readonly refuse?: (set: NamedSet, model: Model) => string | undefined;
  /**
   * Why a change has to repeat the entries that stay, as a clause: `the API replaces the list`. Default: a change names
   * nothing but what is added and removed.
   */
  readonly replaces?: string;
  /**
   * What to paste or send. Every text ends in a newline, or is empty when there is nothing to do. Never quotes an entry
   * that is not ours: only prefixes that are added, stale entries that are removed, and the name of the list; where the
   * vendor {@link Format.replaces} a list, its entries too.
   */
  readonly render: {
    readonly change: (change: ListChange, model: Model) => string;
    /** Takes {@link Format.render.change} back: the list has the entries of before. */
    readonly rollback: (change: ListChange, model: Model) => string;
    /** The list with these prefixes and nothing else, as this format would have it in a file. */
    readonly full: (list: FullList) => string;
  };
}

/** What works on configurations, and is loaded with the first of them. */
type FormatCode = Pick<Format, "parse" | "refuse" | "render">;

/** A format whose code is required when it is used: all formats look at a file, and one of them reads it. */
type FormatDefinition = Omit<Format, keyof FormatCode> & { readonly load: () => FormatCode };

/** Checks what types cannot, at the first import. */
export function defineFormat(format: Format | FormatDefinition): Format {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(format.id)) throw new TypeError(`format id ${format.id}`);
  if (!("load" in format)) return format;
  const { load, ...about } = format;
  return {
    ...about,
    parse: (text, file) => load().parse(text, file),
    refuse: (set, model) => load().refuse?.(set, model),
    render: {
      change: (change, model) => load().render.change(change, model),
      rollback: (change, model) => load().render.rollback(change, model),
      full: (list) => load().render.full(list),
    },
  };
}
