/** A hand-off as a person reads it: what it is about, then one line for each thing to do. */
import type { AskedField } from "./handOff";

/** What a person is asked to do. No secret is in it, and nothing derived from one. */
export interface ActionRequired {
  /** `connect` or `enter`: nothing was ever confirmed. `change`: it was, and the program says something else now. */
  readonly action: "connect" | "enter" | "change";
  /** Where to go, click by click. */
  readonly page: string;
  readonly url?: string;
  /** Name of the tile, of the entry in the catalog, or of the list. */
  readonly entry: string;
  /** What to enter, in the order of the pane. */
  readonly fields: readonly AskedField[];
  /** All of it as one readable text. */
  readonly text: string;
}

export type Row = readonly [what: string, how: string];

/** A title and rows of two columns below it. */
export function table(title: string, rows: readonly Row[]): string {
  return [title, ...rows.map(([what, how]) => `  ${what.padEnd(8)} ${how}`)].join("\n");
}

export function enterRows(fields: readonly AskedField[]): Row[] {
  const width = Math.max(...fields.map(({ label }) => label.length));
  return fields.map((one, index) => [index === 0 ? "Enter" : "", `${one.label.padEnd(width)}  ${whatToEnter(one)}`]);
}

function whatToEnter({ value, from, was, note }: AskedField): string {
  const remarks = [was === undefined ? undefined : `was ${was}`, note].filter((one) => one !== undefined);
  const told = value ?? `from ${from}`;
  return remarks.length === 0 ? told : `${told} (${remarks.join("; ")})`;
}

/** @param resource its logical name */
export function confirmRow(resource: string): Row {
  return ["Confirm", `msem confirm ${resource}, then pulumi up`];
}

/** What a refresh says of it. */
export function describeWaiting({ action, fields }: ActionRequired): string {
  const since = fields.map(({ requestedDateTime }) => requestedDateTime).sort()[0] ?? "";
  const done = { connect: "connected", enter: "entered", change: "changed" }[action];
  return `waits since ${since} to be ${done} by hand; msem confirm shows what to do`;
}
