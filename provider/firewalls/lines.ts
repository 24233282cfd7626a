/** What parsers of line-based formats share. */

/** Calls back for each line, without its ending (CRLF, LF or CR), counted from 1. Makes no array of all of them. */
export function eachLine(text: string, visit: (line: string, number: number) => void): void {
  // A lone CR is rare enough to be looked for once: with it, lines are split the slow way. Most files have none at all.
  if (text.includes("\r") && /\r(?!\n)/.test(text)) {
    text.split(/\r\n|\n|\r/).forEach((line, index) => {
      visit(line, index + 1);
    });
    return;
  }
  let number = 1;
  for (let from = 0; from <= text.length; number++) {
    const found = text.indexOf("\n", from);
    const end = found < 0 ? text.length : found;
    visit(text.slice(from, end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end), number);
    from = end + 1;
  }
}

/** Where the text of a line begins, counted from 1. */
export function columnOf(line: string): number {
  let at = 0;
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at++;
  return at + 1;
}

/** Words of a line, apart by spaces and tabs. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let from = -1;
  for (let at = 0; at <= line.length; at++) {
    const code = at < line.length ? line.charCodeAt(at) : 32;
    if (code === 32 || code === 9) {
      if (from >= 0) words.push(line.slice(from, at));
      from = -1;
    } else if (from < 0) from = at;
  }
  return words;
}

const longestText = 200;

/** A line as entries and rules quote it: trimmed, and cut when somebody has put a novel there. */
export function quotable(line: string): string {
  const text = line.trim();
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}

/** Counts the lines of the head that match: the raw material of detection. */
export function countLines(head: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of head.matchAll(pattern)) count++;
  return count;
}
