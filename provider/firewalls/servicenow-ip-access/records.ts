/** Records of table `ip_access`, however they were exported: JSON of the Table API, JSON of a list, or CSV. */
import { type Row, readDelimited, separatorOf } from "../delimited";
import { items, type JsonNode, member, readJson, textOf } from "../json";

/** The columns that count; `sys_id` is what a record is deleted by. */
export const columns = ["sys_id", "type", "direction", "active", "range_start", "range_end", "description"] as const;

export type Column = (typeof columns)[number];

export interface Found {
  readonly line: number;
  readonly path?: string;
  readonly values: Readonly<Partial<Record<Column, string>>>;
}

export interface Records {
  readonly found: readonly Found[];
  /** Where and why reading stopped, if it did: more records may follow. */
  readonly problem?: { readonly line: number; readonly message: string };
}

export function readRecords(text: string): Records {
  return /^\s*[[{]/.test(text) ? readJsonRecords(text) : readCsvRecords(text);
}

function readJsonRecords(text: string): Records {
  const { root, problem } = readJson(text);
  const holder = ["result", "records"].find((name) => member(root, name) !== undefined);
  const list = holder === undefined ? root : member(root, holder);
  const found = items(list).map((node, at): Found => {
    const values = Object.fromEntries(columns.map((name) => [name, valueIn(member(node, name))]));
    return { line: node.line, path: `${holder ?? ""}[${at}]`, values };
  });
  return { found, ...(problem === undefined ? {} : { problem }) };
}

/** `sysparm_display_value=all` makes an object of each value; the database's is the one that is the same everywhere. */
function valueIn(node: JsonNode | undefined): string | undefined {
  if (node?.kind === "object") return valueIn(member(node, "value") ?? member(node, "display_value"));
  if (node?.kind === "boolean" || node?.kind === "number") return String(node.value);
  return textOf(node)?.trim();
}

function readCsvRecords(text: string): Records {
  const [header, ...rows] = readDelimited(text, separatorOf(text) ?? ",");
  const places = placesOf(header);
  const found = rows.map((row): Found => {
    const values = [...places].map(([name, at]) => [name, row.open === true ? undefined : row.cells[at]?.text]);
    return { line: row.line, values: Object.fromEntries(values) };
  });
  const torn = rows.find(({ open }) => open === true);
  return {
    found,
    ...(torn === undefined ? {} : { problem: { line: torn.line, message: "a quote is not closed" } }),
  };
}

/** Columns by name: as in the database, or as forms label them. */
export function placesOf(header: Row | undefined): Map<Column, number> {
  const places = new Map<Column, number>();
  header?.cells.forEach(({ text }, at) => {
    const name = text.toLowerCase().replace(/^u_/, "").replaceAll(" ", "_") as Column;
    if (columns.includes(name) && !places.has(name)) places.set(name, at);
  });
  return places;
}
