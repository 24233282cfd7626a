/** `msem ranges`: the prefixes of a service tag, to read or to paste. */
import { MsemError } from "../core/errors";
import { addressCount, formatAddress, formatPrefix, type Prefix, toInterval } from "../core/ip/index";
import type { ResolvedTag } from "../core/servicetags/index";
import { editionOf } from "../ranges/published";
import { type Provenance, type Resolver, resolveRanges } from "../ranges/resolve";
import { type CommandIo, counted, exitCodes, grouped, guarded, styleFor } from "./output";
import { commandResolver, type SourceOptions, wantedRanges } from "./rangeSource";

export const rangesFormats = ["table", "json", "text", "csv"] as const;
export type RangesFormat = (typeof rangesFormats)[number];

export interface RangesArguments extends SourceOptions {
  /** A weekly file, an answer of the Azure API, or a single tag object. */
  readonly file?: string;
  /** `downloadCenter` (the default), `serviceTagApi`, an address, or a file. */
  readonly source?: string;
  readonly format: RangesFormat;
}

/** A tag and where it is from. */
type Ranges = ResolvedTag & { readonly provenance: Provenance };

/** Prints the ranges and resolves to the exit code: 0, or 1 with a message on stderr. */
export function runRanges(
  args: RangesArguments,
  io: CommandIo,
  resolver: Resolver = commandResolver(io),
): Promise<number> {
  return guarded(io, async () => {
    if (args.file !== undefined && args.source !== undefined) {
      throw new MsemError("MSEM_INVALID", "FILE and --source both say where the ranges come from: give one of them");
    }
    const resolved = await resolveRanges(wantedRanges(args.file ?? args.source ?? "downloadCenter", args), resolver);
    for (const note of resolved.notes) io.stderr.write(`note: ${resolved.provenance.source}: ${note}\n`);
    io.stdout.write(render(resolved, args.format, io));
    return exitCodes.ok;
  });
}

function render(resolved: Ranges, format: RangesFormat, io: CommandIo): string {
  switch (format) {
    case "table":
      return table(resolved, io);
    case "json":
      return json(resolved);
    case "text":
      return lines(resolved.prefixes.map(formatPrefix));
    case "csv":
      return lines(["prefix,family,first,last,addresses", ...resolved.prefixes.map((prefix) => row(prefix).join(","))]);
  }
}

function table(resolved: Ranges, io: CommandIo): string {
  const style = styleFor(io.stdout, io.env);
  const rows = [
    ["PREFIX", "FIRST", "LAST", "ADDRESSES"],
    ...resolved.prefixes.map((prefix) => {
      const [text, , first, last] = row(prefix);
      return [text, first, last, grouped(addressCount(prefix))];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const body = rows.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number;
        return column === 3 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  "),
  );
  const [head, ...rest] = body as [string, ...string[]];
  return lines([title(resolved), "", style.dim(head), ...rest]);
}

function title(ranges: Ranges): string {
  const { serviceTag, changeNumber, prefixes } = ranges;
  const ipv4 = prefixes.filter(({ family }) => family === "ipv4").length;
  const count = counted(prefixes.length, "prefix", "prefixes");
  return `${serviceTag} change ${changeNumber}, ${count} (${ipv4} IPv4, ${prefixes.length - ipv4} IPv6), ${originOf(ranges)}`;
}

function originOf(ranges: Ranges): string {
  const edition = editionOf(ranges);
  if (edition === undefined) return "a single tag, without file number";
  const { fileDate } = ranges.provenance;
  return `${ranges.cloud} cloud, ${edition}${fileDate === undefined ? "" : ` of ${fileDate}`}`;
}

function json(ranges: Ranges): string {
  const { serviceTag, cloud, counter, changeNumber, fileChangeNumber, prefixes, notes, provenance } = ranges;
  const texts = (family: Prefix["family"]): string[] =>
    prefixes.filter((prefix) => prefix.family === family).map(formatPrefix);
  const document = {
    schemaVersion: 1,
    tag: serviceTag,
    cloud: cloud ?? null,
    counter,
    changeNumber,
    fileChangeNumber: fileChangeNumber ?? null,
    fileDate: provenance.fileDate ?? null,
    source: provenance.source,
    prefixes: prefixes.map(formatPrefix),
    ipv4: texts("ipv4"),
    ipv6: texts("ipv6"),
    warnings: notes,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Prefix, family, first and last address (products that know no prefixes want these), number of addresses. */
function row(prefix: Prefix): [string, string, string, string, string] {
  const { family, first, last } = toInterval(prefix);
  return [
    formatPrefix(prefix),
    family,
    formatAddress({ family, words: first }),
    formatAddress({ family, words: last }),
    addressCount(prefix).toString(),
  ];
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
