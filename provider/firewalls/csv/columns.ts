/** Which column of a table holds the addresses, with or without a row of names. */

import type { Cell, Row } from "../delimited";
import { readWord } from "../text/parse";

/** Places of columns, counted from 0. */
export interface Columns {
  /** How many rows at the start are names. */
  readonly headerRows: 0 | 1;
  /** Addresses, prefixes, ranges; or the first address of a range, when `last` is there. Absent: no column has any. */
  readonly address?: number;
  /** The columns of the other family, where each family has one. */
  readonly also: readonly number[];
  readonly last?: number;
  /** A netmask or the length of the prefix. */
  readonly mask?: number;
  /** Columns by which a row may say that it admits nothing. */
  readonly vetoes: readonly { readonly at: number; readonly name: string; readonly words: RegExp }[];
}

/** In order of preference: what can hold a prefix comes before what may be one address. */
const addressNames = [
  /^(ip ?|ipv[46] ?|address ?|network ?)?prefix(es)?$/,
  /^(ip ?|ipv[46] ?)?cidrs?( block| range)?$/,
  /^(ip |ipv[46] )?(networks?|subnets?|range|netblock)$/,
  /^(source |src )?(ip ?)?address(es)?$/,
  /^(source |src )?ips?( addr)?$/,
  /^ipv[46]( address)?$/,
];
const firstNames =
  /^((ip |address )?(range )?(start|from|first|begin)|(start|from|first|begin)( ip| address| ip address)?)$/;
const lastNames = /^((ip |address )?(range )?(end|to|last)|(end|to|last)( ip| address| ip address)?)$/;
const maskNames = /^((sub)?net ?mask|subnet mask|mask|(prefix )?(length|len)|prefixlength|prefixlen|bits)$/;

const refusals = /^(deny|denied|block|blocked|drop|dropped|reject|rejected|exclude|excluded|remove|removed)$/i;
const off = /^(0|n|no|false|off|disabled|inactive|deleted|expired|retired)$/i;
const on = /^(1|y|yes|true|on)$/i;
const vetoNames: readonly (readonly [RegExp, RegExp])[] = [
  [/^(action|access|permission|verdict|effect|policy|type|rule)$/, refusals],
  [/^(enabled|active|status|state)$/, off],
  [/^(disabled|inactive|deleted)$/, on],
];

/** `IP_Address` and `ip-address` are the same name. */
function nameOf({ text }: Cell): string {
  return text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[_\-. ]+/g, " ")
    .trim();
}

export function isAddress(text: string): boolean {
  const { term } = readWord(text.replace(/\s+-\s+|\s+(?=255\.)/, (gap) => (gap.includes("-") ? "-" : "/")));
  return term.kind === "block" || (term.kind === "unknown" && term.within !== undefined);
}

/** What only a value would have; names of columns are words. */
function looksLikeValue({ text }: Cell): boolean {
  return /\d[.:/]|:[\da-f:]|^\d+$|^(\*\.)?[a-z\d-]+(\.[a-z\d-]+)+$/i.test(text);
}

export function columnsOf(rows: readonly Row[]): Columns {
  const [first] = rows;
  if (first === undefined) return { headerRows: 0, also: [], vetoes: [] };
  const named = !first.cells.some(looksLikeValue);
  if (!named) return { headerRows: 0, also: [], vetoes: [], ...byContent(rows, 0) };
  const names = first.cells.map(nameOf);
  const vetoes = names.flatMap((name, at) =>
    vetoNames.flatMap(([pattern, words]) => (pattern.test(name) ? [{ at, name, words }] : [])),
  );
  const place = (pattern: RegExp): number | undefined => {
    const at = names.findIndex((name) => pattern.test(name));
    return at < 0 ? undefined : at;
  };
  const header = { headerRows: 1, also: [], vetoes } as const;
  const address = addressNames.map(place).find((at) => at !== undefined);
  if (address !== undefined) {
    const mask = place(maskNames);
    const pair = names.flatMap((name, at) => (at !== address && ofOtherFamily(name, names[address]) ? [at] : []));
    return { ...header, address, also: pair, ...(mask === undefined ? {} : { mask }) };
  }
  const [start, last] = [place(firstNames), place(lastNames)];
  if (start !== undefined && last !== undefined) return { ...header, address: start, last };
  return { ...header, ...byContent(rows, 1) };
}

/** `ipv4_prefix` and `ipv6_prefix` are one column in two. */
function ofOtherFamily(name: string, chosen: string | undefined): boolean {
  return /^ipv[46]/.test(name) && name.replace(/^ipv[46]/, "") === chosen?.replace(/^ipv[46]/, "") && name !== chosen;
}

/** The first column that holds an address in any row. */
function byContent(rows: readonly Row[], from: number): { address?: number } {
  for (let at = from; at < rows.length; at++) {
    const address = (rows[at] as Row).cells.findIndex(({ text }) => isAddress(text));
    if (address >= 0) return { address };
  }
  // A list of names only, or of what nobody can read: the first column is as good as any, and nothing is lost.
  return rows.length > from ? { address: 0 } : {};
}
