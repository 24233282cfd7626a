/** Tables of addresses: comma-separated values and their relatives. */
import { defineFormat } from "../../core/allowlist/index";
import { readDelimited, separatorOf } from "../delimited";
import { columnsOf, isAddress } from "./columns";

const sampleRows = 200;

/** Rows of one width, one column of addresses, and another that holds something else. */
function detect(head: string): number {
  if (/^\s*[[{<]/.test(head)) return 0;
  const separator = separatorOf(head);
  if (separator === undefined) return 0;
  const rows = readDelimited(head, separator, sampleRows);
  const width = rows[0]?.cells.length ?? 0;
  const { address, headerRows } = columnsOf(rows);
  const values = rows.slice(headerRows);
  if (address === undefined || values.length === 0) return 0;
  const alike = rows.filter(({ cells }) => cells.length === width).length;
  const addressed = values.filter(({ cells }) => isAddress(cells[address]?.text ?? "")).length;
  if (alike < 0.8 * rows.length || addressed < 0.5 * values.length) return 0;
  // Addresses with commas between them are a plain list.
  const others = values.some(({ cells }) => cells.some(({ text }) => text !== "" && !isAddress(text)));
  return headerRows === 1 || others ? 0.75 : 0;
}

export const csv = defineFormat({
  id: "csv",
  displayName: "CSV table",
  exported:
    "any table with a column of addresses, separated by commas, semicolons, tabs or bars, with or without names of columns",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    hostBits: "refused",
    source: "this project: a file has no limits; its reader may have some",
    lastVerified: "2026-11",
  },
  load: () => {
    const { parseCsv } = require("./parse") as typeof import("./parse");
    const { renderCsv } = require("./render") as typeof import("./render");
    return { parse: parseCsv, render: renderCsv };
  },
});
