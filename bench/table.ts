/** Figures, aims and verdicts, as lines of one table. */

export interface Line {
  readonly what: string;
  /** What was measured of ours and beside it, for people. */
  readonly measured: string;
  readonly figure: number;
  readonly unit: "×" | "KB" | "bytes" | "MB" | "ms" | "lists";
  /** The figure is to be at most this. Absent: told, not judged. */
  readonly aim?: number;
  readonly verdict: "met" | "missed" | "engine" | "told";
}

export function judged(line: Omit<Line, "verdict">): Line {
  const { aim, figure } = line;
  if (!Number.isFinite(figure)) throw new Error(`no figure for ${line.what}`);
  return { ...line, verdict: aim === undefined ? "told" : figure <= aim ? "met" : "missed" };
}

const verdicts: Readonly<Record<Line["verdict"], string>> = {
  met: "met",
  missed: "MISSED",
  engine: "missed as the engine itself",
  told: "–",
};

export function toMarkdown(lines: readonly Line[]): string {
  const rows = [
    ["what", "figure", "aim", "verdict", "measured"],
    ["---", "---:", "---:", "---", "---"],
    ...lines.map(({ what, measured, figure, unit, aim, verdict }) => [
      what,
      withUnit(figure, unit),
      aim === undefined ? "" : `≤ ${withUnit(aim, unit)}`,
      verdicts[verdict],
      measured,
    ]),
  ];
  const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map(
      (row) =>
        `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, rows[1]?.[column] === "---:")).join(" | ")} |`,
    )
    .join("\n");
}

function pad(cell: string, width: number, right: boolean): string {
  if (cell.startsWith("---")) return right ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
  return right ? cell.padStart(width) : cell.padEnd(width);
}

function withUnit(value: number, unit: Line["unit"]): string {
  if (unit === "×") return times(value);
  if (unit === "bytes" || unit === "lists") return `${value} ${unit}`;
  if (unit === "MB") return `${value.toFixed(0)} MB`;
  return unit === "KB" ? `${value.toFixed(2)} KB` : milliseconds(value);
}

export const times = (value: number): string => `${value.toFixed(2)}×`;
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(2)} KB`;
