/**
 * A table with a column of addresses. Everything else in it is for people, but a row that says of itself that it denies or
 * is switched off is not taken for an entry: it leaves its addresses undecided.
 */
import { type Entry, type Model, noteCollector, type Term } from "../../core/allowlist/index";
import { type Cell, type Row, readDelimited, separatorOf } from "../delimited";
import { quotable } from "../lines";
import { readWord, wordsIn } from "../text/parse";
import { type Columns, columnsOf, isAddress } from "./columns";

/** The one list of the file has no name; this is its id. */
export const listId = "list";

interface Value {
  readonly term: Term;
  readonly text: string;
  readonly problem?: string;
}

export function parseCsv(text: string, file: string): Model {
  const entries: Entry[] = [];
  const notes = noteCollector();
  const rows = readDelimited(text, separatorOf(text) ?? ",");
  const columns = columnsOf(rows);
  for (const row of rows.slice(columns.headerRows)) {
    const cell = columns.address === undefined ? undefined : row.cells[columns.address];
    if (row.open === true) {
      notes.add(row.line, "a quote is not closed: what follows is not understood");
      entries.push({ text: "an open quote", line: row.line, term: { kind: "unknown", what: "notUnderstood" } });
      continue;
    }
    if (cell === undefined) {
      notes.add(row.line, "the row has no value in the column of addresses");
      continue;
    }
    const why = vetoOf(row, columns);
    for (const one of [cell, ...cellsAt(row, columns.also)]) {
      for (const { term, text: written, problem } of valuesOf(one, row, columns)) {
        entries.push({
          text: quotable(written),
          term: why === undefined ? term : doubted(term),
          line: one.line,
          column: one.column,
        });
        if (problem !== undefined) notes.add(one.line, problem);
      }
    }
    if (why !== undefined) notes.add(row.line, why);
  }
  noteOtherColumn(rows, columns, notes);
  return {
    file,
    vendor: "csv",
    sets: [{ id: listId, name: "", kind: "table", line: 1, entries }],
    ruleLists: [],
    notes: notes.notes(),
  };
}

function cellsAt({ cells }: Row, places: readonly number[]): Cell[] {
  return places.flatMap((at) => cells[at] ?? []);
}

function vetoOf({ cells }: Row, { vetoes }: Columns): string | undefined {
  const veto = vetoes.find(({ at, words }) => words.test(cells[at]?.text ?? ""));
  return veto === undefined
    ? undefined
    : `the row's ${veto.name} is ${quotable(cells[veto.at]?.text ?? "")}: whether it lets anything in is undecided`;
}

/** The same addresses, but not for sure. */
function doubted(term: Term): Term {
  return { kind: "unknown", what: "notUnderstood", ...(term.kind === "block" ? { within: term.block } : {}) };
}

function valuesOf(cell: Cell, row: Row, { last, mask, address }: Columns): Value[] {
  const second = last === undefined ? undefined : row.cells[last]?.text;
  if (second !== undefined && second !== "" && second !== cell.text) {
    return [{ ...readWord(`${cell.text}-${second}`), text: `${cell.text} - ${second}` }];
  }
  // Without names of columns, a netmask beside an address is known by its looks.
  const beside = row.cells[mask ?? (address ?? 0) + 1]?.text ?? "";
  const isMask = mask === undefined ? /^255\.\d+\.\d+\.\d+$/.test(beside) : beside !== "";
  if (isMask && !/[/\-\s,]/.test(cell.text) && cell.text !== "") {
    return [{ ...readWord(`${cell.text}/${beside.replace(/^\//, "")}`), text: `${cell.text} ${beside}` }];
  }
  // Several values in one cell; a semicolon separates them here and begins no comment.
  const values = wordsIn(cell.text.replaceAll(";", " ").replace(/\s+/g, " "));
  return values.filter(({ word }) => !/^(-+|n\/a)$/i.test(word)).map(({ word, text }) => ({ ...readWord(word), text }));
}

/** A second column of addresses may be the same ones in another form, or others that nobody would miss. */
function noteOtherColumn(
  rows: readonly Row[],
  { headerRows, address, also, last, mask }: Columns,
  notes: { add(line: number, message: string): void },
): void {
  const row = rows[headerRows];
  const other = row?.cells.findIndex(
    ({ text }, at) => ![address, last, mask, ...also].includes(at) && isAddress(text) && !/^255\./.test(text),
  );
  if (row === undefined || other === undefined || other < 0) return;
  notes.add(row.line, `column ${other + 1} holds addresses too; only column ${(address ?? 0) + 1} is read`);
}
