/** Commands of the PAN-OS set format as words: quotes, lists in brackets, values over several lines. */
import type { noteCollector } from "../../core/allowlist/index";
import { eachLine } from "../lines";
import type { Value } from "../panos/store";

/** A bracketed list is one element. */
export type Part = Value | readonly Value[];

const command = /^(?:[^\s"]+[#>] ?)?(set|delete|move|rename) /;

/** Calls back for each command, without its prompt. Lines that are no command, and no part of a value, are left out. */
export function eachCommand(
  text: string,
  notes: ReturnType<typeof noteCollector>,
  visit: (verb: string, parts: readonly Part[], line: number) => void,
): void {
  let open: { text: string; line: number; quotes: number } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const match = command.exec(open.text);
    if (match === null) return;
    const { parts, complete } = partsOf(open.text.slice(match[0].length), open.line, match[0].length + 1);
    if (!complete) notes.add(open.line, "a quote or a bracket is not closed");
    visit(match[1] as string, parts, open.line);
  };
  eachLine(text, (raw, line) => {
    const trimmed = raw.trimStart();
    if (command.test(trimmed)) {
      close();
      open = { text: trimmed, line, quotes: quotesIn(trimmed) };
    } else if (open !== undefined && open.quotes % 2 === 1 && open.text.length < longestCommand) {
      // A description may have line ends.
      open.text += `\n${raw}`;
      open.quotes += quotesIn(raw);
    } else {
      close();
      open = undefined;
    }
  });
  close();
}

/** An open quote takes no more than this: the rest of a broken file is not one value. */
const longestCommand = 8_192;

function quotesIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) count++;
  }
  return count;
}

/** Nearly every command has plain words with blanks between them: the long way costs three times as much. */
const elaborate = /[^\x20\x21\x23-\x5a\x5e-\x7e]/;

function partsOf(text: string, line: number, column: number): { parts: readonly Part[]; complete: boolean } {
  return elaborate.test(text)
    ? elaborateParts(text, line, column)
    : { parts: plainParts(text, line, column), complete: true };
}

function plainParts(text: string, line: number, column: number): Value[] {
  const parts: Value[] = [];
  for (let from = 0; from < text.length; ) {
    const blank = text.indexOf(" ", from);
    const end = blank < 0 ? text.length : blank;
    if (end > from) parts.push({ text: text.slice(from, end), line, column: column + from });
    from = end + 1;
  }
  return parts;
}

function elaborateParts(text: string, line: number, column: number): { parts: readonly Part[]; complete: boolean } {
  const parts: Part[] = [];
  let list: Value[] | undefined;
  let complete = true;
  for (const match of text.matchAll(/"((?:[^"\\]|\\[\s\S])*)("?)|[[\]](?=\s|$)|[^\s"]+/g)) {
    const [word, quoted, end] = match;
    if (quoted === undefined && word === "[" && list === undefined) {
      list = [];
      continue;
    }
    if (quoted === undefined && word === "]" && list !== undefined) {
      parts.push(list);
      list = undefined;
      continue;
    }
    if (quoted !== undefined && end === "") complete = false;
    const value: Value = {
      text: quoted === undefined ? word : quoted.replace(/\\([\s\S])/g, "$1"),
      line,
      column: column + match.index,
    };
    if (list === undefined) parts.push(value);
    else list.push(value);
  }
  if (list !== undefined) {
    complete = false;
    parts.push(list);
  }
  return { parts, complete };
}

/** A name as commands need it. */
export function quoted(name: string): string {
  return /^[\w.:/-]+$/.test(name) ? name : `"${name.replace(/(["\\])/g, "\\$1")}"`;
}
