/** `msem explain`: what an error code means, without network and without the repository at hand. */
import { closeNames } from "../core/closeNames";
import { MsemError } from "../core/errors";
import { type Explanation, explanations } from "../core/explanations";
import { type CommandIo, exitCodes, guarded } from "./output";

const table: Readonly<Record<string, Explanation>> = explanations;

/** Prints one code's explanation, or all codes with their titles; resolves to the exit code: 0, or 1 for an unknown code. */
export function runExplain(wanted: string | undefined, io: CommandIo): Promise<number> {
  return guarded(io, async () => {
    io.stdout.write(wanted === undefined ? listed() : explained(wanted));
    return exitCodes.ok;
  });
}

function listed(): string {
  const width = Math.max(...Object.keys(table).map((code) => code.length));
  return Object.entries(table)
    .map(([code, { title }]) => `${code.padEnd(width)}  ${title}\n`)
    .join("");
}

function explained(wanted: string): string {
  const typed = wanted.toUpperCase();
  const code = typed.startsWith("MSEM_") ? typed : `MSEM_${typed}`;
  const found = Object.hasOwn(table, code) ? table[code] : undefined;
  if (found === undefined) {
    const close = closeNames(code, Object.keys(table));
    throw new MsemError("MSEM_INVALID", `there is no error code ${JSON.stringify(wanted)}`, {
      hint: close.length > 0 ? `Close: ${close.join(", ")}.` : "msem explain lists all of them.",
    });
  }
  const list = (items: readonly string[]) => items.map((item) => `  - ${item}`).join("\n");
  const pages = found.pages ?? [];
  return `${[
    `${code}: ${found.title}`,
    `Causes\n${list(found.causes)}`,
    `What to do\n${list(found.waysOut)}`,
    ...(pages.length > 0 ? [`In the repository: ${pages.map((page) => `docs/${page}`).join(", ")}`] : []),
  ].join("\n\n")}\n`;
}
