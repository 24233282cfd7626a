/** Rows of values with a separator (RFC 4180, with `;`, tabs and bars too), with lines and columns. Linear; never throws. */

export interface Cell {
  /** Without its quotes and the blanks around it. */
  readonly text: string;
  /** Where the value begins, counted from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Row {
  readonly line: number;
  readonly cells: readonly Cell[];
  /** A quote of this row is never closed: where the row ends is a guess. */
  readonly open?: true;
}

export type Separator = "," | ";" | "\t" | "|";

const separators: readonly Separator[] = [",", ";", "\t", "|"];

/** How many rows decide on the separator. */
const sampleRows = 50;

/** Spreadsheet programs put the separator into a line of its own. */
const declared = /^sep=([,;\t|])[ \t]*(?=\r|\n|$)/i;

/** The separator of a text, or undefined when it has one column. */
export function separatorOf(text: string): Separator | undefined {
  const said = declared.exec(text)?.[1];
  if (said !== undefined) return said as Separator;
  let best: Separator | undefined;
  let most = 0;
  for (const separator of separators) {
    const rows = readDelimited(text, separator, sampleRows);
    const width = rows[0]?.cells.length ?? 0;
    // A comma in a remark does not make columns: the first row has to have them too.
    const alike = width < 2 ? 0 : rows.filter(({ cells }) => cells.length === width).length;
    if (alike > most) {
      most = alike;
      best = separator;
    }
  }
  return best;
}

/** The rows that hold anything, without comments (`#`). @param limit how many at most */
export function readDelimited(text: string, separator: string, limit = Number.MAX_SAFE_INTEGER): Row[] {
  const rows: Row[] = [];
  let at = declared.exec(text)?.[0].length ?? 0;
  let line = 1;
  let lineStart = 0;
  const atEnd = (): boolean => at >= text.length || text[at] === "\n" || text[at] === "\r";
  /** Steps over a line end; CRLF is one. */
  const nextLine = (): void => {
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    line++;
    lineStart = at;
  };
  const skipBlanks = (): void => {
    while ((text[at] === " " || text[at] === "\t") && text[at] !== separator) at++;
  };
  while (at < text.length && rows.length < limit) {
    const first = line;
    if (text[at] === "#") {
      while (!atEnd()) at++;
      if (at < text.length) nextLine();
      continue;
    }
    const cells: Cell[] = [];
    let open = false;
    for (;;) {
      skipBlanks();
      const place = { line, column: at - lineStart + 1 };
      const parts: string[] = [];
      // A formula that is nothing but a text (`="1.2.3.4"`) keeps programs from reading a number.
      if (text[at] === "=" && text[at + 1] === '"') at++;
      if (text[at] === '"') {
        at++;
        let from = at;
        for (;;) {
          if (at >= text.length) {
            open = true;
            break;
          }
          if (text[at] === '"') {
            if (text[at + 1] !== '"') break;
            parts.push(text.slice(from, at + 1));
            at += 2;
            from = at;
          } else if (atEnd()) nextLine();
          else at++;
        }
        parts.push(text.slice(from, at));
        at++;
      }
      const from = at;
      while (!atEnd() && text[at] !== separator) at++;
      parts.push(text.slice(from, at));
      cells.push({ text: parts.join("").trim(), ...place });
      if (at < text.length && text[at] === separator) at++;
      else break;
    }
    if (at < text.length) nextLine();
    if (open || cells.some((cell) => cell.text !== "")) {
      rows.push({ line: first, cells, ...(open ? { open } : {}) });
    }
  }
  return rows;
}
