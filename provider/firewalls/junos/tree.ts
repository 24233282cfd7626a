/**
 * A Junos configuration as a tree of words, from either form: `set a b c` and `a { b c; }` are the same path. What changes
 * a configuration is done while reading: `delete`, `insert`, `deactivate`, and the marks `inactive:`, `delete:`, `replace:`.
 */
import type { noteCollector } from "../../core/allowlist/index";
import { eachLine } from "../lines";

export interface Node {
  readonly name: string;
  readonly line: number;
  readonly parent: Node | undefined;
  children: Map<string, Node>;
  inactive: boolean;
  /** From a group: its place among its neighbours is not certain. */
  inherited: boolean;
}

export function node(name: string, line: number, parent?: Node): Node {
  return { name, line, parent, children: new Map(), inactive: false, inherited: false };
}

export function childOf(parent: Node, name: string, line: number): Node {
  const known = parent.children.get(name);
  if (known !== undefined) return known;
  const made = node(name, line, parent);
  parent.children.set(name, made);
  return made;
}

/** The node at a path, unless it or one above it is inactive. */
export function at(from: Node | undefined, ...path: readonly string[]): Node | undefined {
  let found = from;
  for (const name of path) {
    found = found?.children.get(name);
    if (found === undefined || found.inactive) return undefined;
  }
  return found;
}

/** Active children. */
export function active(parent: Node | undefined): readonly Node[] {
  return parent === undefined ? [] : [...parent.children.values()].filter(({ inactive }) => !inactive);
}

/** A word and the line that it stands in. */
interface Word {
  readonly text: string;
  readonly line: number;
}

type Notes = Pick<ReturnType<typeof noteCollector>, "add">;

const command = /^(?:[^\s"{};]+[#>] ?)?(set|delete|deactivate|activate|insert|rename|protect|unprotect|copy|annotate) /;

/** Deeper braces are skipped: readers recurse. */
const deepest = 100;
/** Each insertion moves all neighbours; more of them are not followed. */
const mostInsertions = 1_000;

export function readTree(text: string, notes: Notes): Node {
  const root = node("", 1);
  const open: Node[] = [];
  let words: Word[] = [];
  let comment = false;
  let insertions = 0;
  const here = (): Node => open.at(-1) ?? root;

  const statement = (opens: boolean): void => {
    const marks = new Set<string>();
    while (words[0] !== undefined && /^(inactive|active|delete|replace|protect|unprotect):$/.test(words[0].text)) {
      marks.add((words.shift() as Word).text);
    }
    const [first] = words;
    // The marks are of the address, not of its value.
    const whole = first?.text === "address" && isBook(here()) ? 2 : words.length;
    if (marks.has("delete:") || marks.has("replace:")) remove(here(), expand(words.slice(0, whole)));
    const deleted = marks.has("delete:");
    let last: Node | undefined;
    if (first !== undefined && !deleted) {
      for (const path of expand(words)) {
        last = add(here(), path);
        const marked = find(here(), path.slice(0, whole));
        if (marks.has("inactive:") && marked !== undefined) marked.inactive = true;
      }
    }
    if (opens) open.push(last ?? node("", first?.line ?? 1));
    words = [];
  };

  const execute = (verb: string, rest: readonly Word[]): void => {
    const paths = expand(rest);
    if (verb === "set") for (const path of paths) add(root, path);
    else if (verb === "delete") remove(root, paths);
    else if (verb === "deactivate" || verb === "activate") {
      for (const path of paths) {
        const found = find(root, path);
        if (found !== undefined) found.inactive = verb === "deactivate";
      }
    } else if (verb === "insert") {
      insertions++;
      if (insertions > mostInsertions || !insert(root, rest)) {
        notes.add(rest[0]?.line ?? 1, "this insert is not followed: the order of rules may differ");
      }
    } else if (verb === "rename" || verb === "copy") notes.add(rest[0]?.line ?? 1, `${verb} is not followed`);
  };

  eachLine(text, (raw, line) => {
    const match = open.length === 0 && words.length === 0 && !comment ? command.exec(raw.trimStart()) : null;
    if (match !== null) {
      const rest = raw.trimStart().slice(match[0].length);
      const list = tokens(rest).filter((text) => text !== ";");
      if (list.length <= deepest)
        execute(
          match[1] as string,
          list.map((text) => ({ text, line })),
        );
      else if (rest.includes("["))
        execute(
          match[1] as string,
          list.map((text) => ({ text, line })),
        );
      return;
    }
    let rest = raw;
    if (comment) {
      const end = rest.indexOf("*/");
      if (end < 0) return;
      rest = rest.slice(end + 2);
      comment = false;
    }
    for (const text of tokens(rest)) {
      if (text === "/*") comment = true;
      else if (text === "{" || text === ";") {
        if (text === "{" && open.length >= deepest) {
          notes.add(line, "braces nest too deep; this is left out");
          words = [];
          open.push(node("", line));
        } else statement(text === "{");
      } else if (text === "}") {
        // A last statement without its semicolon counts; a brace too many does not.
        if (words.length > 0) statement(false);
        open.pop();
      } else words.push({ text, line });
    }
  });
  if (words.length > 0) statement(false);
  if (open.length > 0) notes.add(open.at(-1)?.line ?? 1, "a brace is not closed");
  return root;
}

/** Words, quoted ones without quotes; signs; `/*` where a comment goes on in the next line. `#` ends the line. */
function tokens(text: string): string[] {
  const found: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"?|\/\*(?:.*?\*\/)?|#.*|[{};]|\[|\]|[^\s"{};[\]]+/g;
  for (const [word, quoted] of text.matchAll(pattern)) {
    if (quoted !== undefined) found.push(quoted);
    else if (word === "/*") {
      found.push(word);
      break;
    } else if (!word.startsWith("/*") && !word.startsWith("#")) found.push(word);
  }
  return found;
}

/** The paths of a statement: each word of a bracketed list makes one. */
function expand(words: readonly Word[]): Word[][] {
  const from = words.findIndex(({ text }) => text === "[");
  if (from < 0) return [[...words]];
  const end = words.findIndex(({ text }, index) => index > from && text === "]");
  const list = words.slice(from + 1, end < 0 ? words.length : end).filter(({ text }) => text !== "[");
  const before = words.slice(0, from);
  const after = end < 0 ? [] : words.slice(end + 1).filter(({ text }) => text !== "[" && text !== "]");
  return list.map((word) => [...before, word, ...after]);
}

/** `address-book global`, or the book of a zone. */
function isBook(node: Node | undefined): boolean {
  return node?.name === "address-book" || node?.parent?.name === "address-book";
}

function add(from: Node, path: readonly Word[]): Node {
  let last = from;
  for (const { text, line } of path.slice(0, deepest)) {
    // An address has one value: the last one counts.
    if (last.parent?.name === "address" && isBook(last.parent.parent) && text !== "description") {
      for (const other of last.children.keys()) {
        if (other !== text && other !== "description") last.children.delete(other);
      }
    }
    last = childOf(last, text, line);
  }
  return last;
}

function find(from: Node, path: readonly Word[]): Node | undefined {
  return path.reduce<Node | undefined>((found, { text }) => found?.children.get(text), from);
}

function remove(from: Node, paths: readonly (readonly Word[])[]): void {
  for (const path of paths) {
    const last = path.at(-1);
    if (last === undefined) continue;
    find(from, path.slice(0, -1))?.children.delete(last.text);
  }
}

/** `insert PATH KIND NAME before|after KIND OTHER`. */
function insert(root: Node, words: readonly Word[]): boolean {
  const where = words.findIndex(({ text }) => text === "before" || text === "after");
  const parent = find(root, words.slice(0, where < 1 ? 0 : where - 1));
  const name = words[where - 1]?.text;
  const other = words.at(-1)?.text;
  const moved = name === undefined ? undefined : parent?.children.get(name);
  if (where < 1 || parent === undefined || moved === undefined || other === undefined || other === name) return false;
  if (!parent.children.has(other)) return false;
  const order = new Map<string, Node>();
  for (const [key, child] of parent.children) {
    if (key === name) continue;
    if (key === other && words[where]?.text === "before") order.set(moved.name, moved);
    order.set(key, child);
    if (key === other && words[where]?.text === "after") order.set(moved.name, moved);
  }
  parent.children = order;
  return true;
}
