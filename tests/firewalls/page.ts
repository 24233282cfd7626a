/**
 * A format's page in docs/firewalls, taken apart. A sample is six fenced blocks, told apart by the word behind the
 * language: `config`, `published`, `previous`, `verdicts`, `change`, `rollback`. The commands that lead from one to the
 * other stand in the sentences between them.
 */

export interface Sample {
  readonly config: string;
  readonly published: readonly string[];
  readonly previous: readonly string[];
  /** `PREFIX VERDICT LINES` for each published prefix, then `VERDICT LINE` for each entry beyond them. */
  readonly verdicts: readonly string[];
  readonly change: string;
  readonly rollback: string;
}

interface Block {
  /** Everything behind the fence: `text config`. */
  readonly info: string;
  readonly text: string;
}

export interface Section {
  readonly heading: string;
  /** Without fenced blocks. */
  readonly prose: string;
  readonly blocks: readonly Block[];
}

const fence = "```";

/** A section while it is read. */
interface Written {
  heading: string;
  prose: string;
  blocks: { info: string; text: string }[];
}

/** What stands before the first heading is a section without one. */
export function sectionsOf(markdown: string): Section[] {
  let section: Written = { heading: "", prose: "", blocks: [] };
  const sections = [section];
  let block: Written["blocks"][number] | undefined;
  for (const line of markdown.split("\n")) {
    if (block !== undefined) {
      if (line === fence) block = undefined;
      else block.text += `${line}\n`;
    } else if (line.startsWith(fence)) {
      block = { info: line.slice(fence.length), text: "" };
      section.blocks.push(block);
    } else if (line.startsWith("## ")) {
      section = { heading: line.slice("## ".length), prose: "", blocks: [] };
      sections.push(section);
    } else section.prose += `${line}\n`;
  }
  if (block !== undefined) throw new Error(`the block "${block.info}" has no end`);
  return sections;
}

const kinds = ["config", "published", "previous", "verdicts", "change", "rollback"] as const;

/** The one sample of a section. Throws when a block is missing, stands twice, or would be shown without being tried. */
export function sampleOf({ blocks }: Section): Sample {
  const texts = new Map<string, string>();
  for (const { info, text } of blocks) {
    const kind = info.split(" ")[1] ?? "";
    if (!kinds.some((known) => known === kind)) throw new Error(`"${info}" is no block of a sample`);
    if (texts.has(kind)) throw new Error(`a second block of the kind ${kind}`);
    texts.set(kind, text);
  }
  const take = (kind: (typeof kinds)[number]): string => {
    const text = texts.get(kind);
    if (text === undefined) throw new Error(`no block of the kind ${kind}`);
    return text;
  };
  const lines = (kind: (typeof kinds)[number]): string[] => take(kind).trimEnd().split("\n");
  return {
    config: take("config"),
    published: lines("published"),
    previous: lines("previous"),
    verdicts: lines("verdicts"),
    change: take("change"),
    rollback: take("rollback"),
  };
}

export interface Asked {
  readonly vendor?: string;
  readonly list?: readonly string[];
}

/** The sentences before the verdicts, and before the change and its rollback. */
const sentences = {
  check: /^Verdicts of `msem check([^`]*)`:$/m,
  render: /^What `msem render([^`]*)` prints, and with `--rollback`:$/m,
};

/** What the section says to type: the options behind `msem check` or `msem render`. */
export function askedBy({ prose }: Section, command: keyof typeof sentences): Asked {
  const found = sentences[command].exec(prose);
  if (found === null) throw new Error(`no sentence ${sentences[command]}`);
  const words = (found[1] ?? "").split(" ").filter(Boolean);
  const list: string[] = [];
  let vendor: string | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1];
    if (value === undefined) throw new Error(`${words[at]} has no value`);
    if (words[at] === "--list") list.push(value);
    else if (words[at] === "--vendor") vendor = value;
    else throw new Error(`${words[at]} is not known here`);
  }
  return { ...(vendor === undefined ? {} : { vendor }), ...(list.length === 0 ? {} : { list }) };
}
