/**
 * A plain list of addresses: one prefix or address per line, or several with commas or white space between, comments from
 * `#` or `;` to the end of the line. A byte order mark and any line ending are fine.
 */
import { type Prefix, parseEntry } from "../ip/index";

/** One entry of a list, and where it stands. */
export interface ListEntry {
  /** As written. */
  readonly text: string;
  readonly prefix: Prefix;
  /** Counted from 1. */
  readonly line: number;
}

/** A text in a list that is no address. */
export interface ListProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface PlainList {
  readonly entries: readonly ListEntry[];
  readonly problems: readonly ListProblem[];
}

/** Reads a plain list. What is not understood is a problem, never left out in silence. */
export function parsePlainList(text: string): PlainList {
  const entries: ListEntry[] = [];
  const problems: ListProblem[] = [];
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  body.split(/\r\n|\n|\r/).forEach((content, index) => {
    const line = index + 1;
    const comment = content.search(/[#;]/);
    const listed = comment < 0 ? content : content.slice(0, comment);
    for (const word of listed.split(/[\s,]+/)) {
      if (word === "") continue;
      const parsed = parseEntry(word);
      if (parsed.ok) entries.push({ text: word, prefix: parsed.value, line });
      else problems.push({ line, message: parsed.problem.message });
    }
  });
  return { entries, problems };
}
