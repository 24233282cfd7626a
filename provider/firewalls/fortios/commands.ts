/** The commands of a FortiOS configuration, one by one: words in quotes may hold blanks and go over several lines. */
import { eachLine } from "../lines";

export interface Command {
  readonly words: readonly string[];
  /** Where it begins. */
  readonly line: number;
}

/** @returns the line of a quote that is never closed; what follows it is lost, as it is for the device */
export function eachCommand(text: string, visit: (command: Command) => void): number | undefined {
  let words: string[] = [];
  let begun = 0;
  let quote = "";
  let open: string[] = [];
  eachLine(text, (raw, line) => {
    if (quote === "") {
      const first = raw.trimStart()[0];
      if (first === undefined || first === "#") return;
      words = [];
      begun = line;
    } else open.push("\n");
    quote = readWords(raw, words, quote, open);
    if (quote === "") {
      open = [];
      if (words.length > 0) visit({ words, line: begun });
    }
  });
  return quote === "" ? undefined : begun;
}

const [tab, blank, backslash] = [9, 32, 92];
const [double, single] = [34, 39];

/** Adds the line's words; answers with the quote that is open at its end, whose text so far is in `open`. */
function readWords(raw: string, words: string[], quote: string, open: string[]): string {
  let at = 0;
  let inside = quote;
  let plain = inside === "" ? -1 : 0;
  let begun = inside !== "";
  for (; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (code === backslash && inside !== "'") {
      // What follows stands for itself.
      open.push(raw.slice(plain < 0 ? at : plain, at));
      plain = at + 1;
      begun = true;
      at++;
    } else if (inside !== "") {
      if (code !== inside.charCodeAt(0)) continue;
      open.push(raw.slice(plain, at));
      plain = at + 1;
      inside = "";
    } else if (code === double || code === single) {
      open.push(raw.slice(plain < 0 ? at : plain, at));
      plain = at + 1;
      begun = true;
      inside = code === double ? '"' : "'";
    } else if (code === blank || code === tab) {
      if (begun) words.push(joined(open, raw.slice(plain, at)));
      plain = -1;
      begun = false;
    } else if (!begun) {
      plain = at;
      begun = true;
    }
  }
  if (!begun) return "";
  if (inside !== "") {
    open.push(raw.slice(plain));
    return inside;
  }
  words.push(joined(open, raw.slice(plain)));
  return "";
}

/** A word of its parts, which are used up: mostly there is one, behind or between quotes. */
function joined(open: string[], last: string): string {
  if (open.length === 0) return last;
  const text = open.join("") + last;
  open.length = 0;
  return text;
}
