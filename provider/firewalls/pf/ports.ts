/** Ports as rules and port aliases write them: `443`, `8000:8010`, `8000-8010`, the name of an alias. */
import type { PortRange } from "../../core/allowlist/index";

export interface PortAlias {
  /** Undefined where the ports are not in the file. */
  readonly words: readonly string[] | undefined;
}

export interface Ports {
  readonly ranges: readonly PortRange[];
  /** Names that nothing in the file resolves. */
  readonly unknown: readonly string[];
}

/** Reads the ports of rules; each alias is flattened once. */
export function portReader(aliases: ReadonlyMap<string, PortAlias>): (word: string) => Ports {
  const done = new Map<string, Ports>();
  return (word) => {
    const known = done.get(word);
    if (known !== undefined) return known;
    const ports = flatten(word, aliases);
    done.set(word, ports);
    return ports;
  };
}

function flatten(word: string, aliases: ReadonlyMap<string, PortAlias>): Ports {
  const ranges: PortRange[] = [];
  const unknown: string[] = [];
  const seen = new Set<string>();
  const waiting = [word];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const range = readRange(next);
    const words = aliases.get(next)?.words;
    if (range !== undefined) ranges.push(range);
    else if (words === undefined) unknown.push(next);
    else waiting.push(...words);
  }
  return { ranges, unknown };
}

/** `80:any` is what older releases write for an open end. */
function readRange(word: string): PortRange | undefined {
  const match = /^(\d{1,5}|any)(?:[:-](\d{1,5}|any))?$/.exec(word);
  if (match === null || match[0] === "any") return undefined;
  const from = match[1] === "any" ? 1 : Number(match[1]);
  const to = match[2] === undefined ? from : match[2] === "any" ? 65_535 : Number(match[2]);
  return from <= to && to <= 65_535 ? { from, to } : undefined;
}
