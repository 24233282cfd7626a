/** The Markdown pages of the repository, as the tests of the docs read them: fenced blocks, headings, links. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block. */
export interface Block {
  /** Path from the root, with slashes. */
  readonly page: string;
  /** Of its first line of text, from 1. */
  readonly line: number;
  /** First word behind the fence; empty when there is none. */
  readonly language: string;
  /** Further words behind the fence. */
  readonly words: readonly string[];
  readonly text: string;
  /** What an invisible comment before the block says to be declared: `<!-- given: declare const x: string -->`. */
  readonly given?: string;
}

export interface Link {
  readonly line: number;
  /** As written: `../ci.md#exit-codes`. */
  readonly target: string;
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What a link may name behind `#`, as GitHub makes it of headings. */
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
}

/** Folders without pages of ours. */
const left = new Set(["node_modules", "dist", "coverage", "tests"]);

export function readPages(root: string): Page[] {
  return pathsBelow(root, "").map((path) => readPage(path, readFileSync(join(root, path), "utf8")));
}

function pathsBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && !left.has(name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return pathsBelow(root, path);
      return entry.isFile() && path.endsWith(".md") ? [path] : [];
    })
    .sort();
}

export function readPage(path: string, text: string): Page {
  const blocks: Block[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  let open: { fence: string; line: number; info: string[]; indent: number; text: string[] } | undefined;
  let given: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^( *)(`{3,}|~{3,})(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence !== null && fence[3]?.trim() === "" && fence[2]?.startsWith(open.fence)) {
        const [language = "", ...words] = open.info;
        const block = { page: path, line: open.line, language, words, text: open.text.join("\n") };
        blocks.push(given === undefined ? block : { ...block, given });
        open = undefined;
        given = undefined;
      } else {
        open.text.push(line.slice(Math.min(open.indent, line.search(/\S|$/))));
      }
      continue;
    }
    if (fence !== null) {
      const info = (fence[3] ?? "").split(/\s+/).filter((word) => word !== "");
      open = { fence: fence[2] ?? "", line: index + 2, info, indent: fence[1]?.length ?? 0, text: [] };
      continue;
    }
    given = /^<!-- given: (.*) -->$/.exec(line)?.[1] ?? given;
    const heading = /^#{1,6} +(.*?)(?: +#+)?$/.exec(line);
    if (heading !== null) anchors.add(free(slug(heading[1] ?? ""), anchors));
    const prose = line.replaceAll(/`[^`]*`/g, (code) => "·".repeat(code.length));
    for (const [, target = ""] of prose.matchAll(/\]\(([^()\s]+)\)/g)) links.push({ line: index + 1, target });
  }
  if (open !== undefined) throw new Error(`${path}:${open.line - 1}: this block does not end`);
  return { path, blocks, anchors, links };
}

/** GitHub's rule: lower case, without punctuation, hyphens for spaces. Links and code in a heading count by their text. */
function slug(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*]/g, "")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let count = 1;
  while (taken.has(`${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}
