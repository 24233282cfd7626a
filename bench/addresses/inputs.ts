/** The lists that are measured: the same on every machine. */
import type { PlanInput, WeeksInput } from "./task.ts";

/** A list to work on, and another one to take from it or to look for in it. */
export interface Lists {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

/**
 * `count` IPv4 prefixes of /20 to /32 and a tenth as many of IPv6, of /32 to /64, in random order. Half of `a` lies
 * anywhere; a quarter is the other half of an earlier one, which joins it, and a quarter lies inside an earlier one. A
 * third of `b` is out of `a`, a third inside of one of them, and a third anywhere.
 */
export function makeLists(count: number): Lists {
  const random = mulberry(count);
  const a: Prefix[] = [];
  for (const family of families(count, random)) {
    const earlier = a[Math.floor(random() * a.length)];
    const draw = random();
    const near = earlier?.family === family ? earlier : undefined;
    if (near === undefined || draw < 0.5) a.push(anywhere(family, random));
    else a.push(draw < 0.75 ? sibling(near) : inside(near, random));
  }
  const b = families(count, random).map((family) => {
    const taken = a[Math.floor(random() * a.length)] as Prefix;
    const draw = random();
    if (taken.family !== family || draw < 1 / 3) return anywhere(family, random);
    return draw < 2 / 3 ? taken : inside(taken, random);
  });
  return { a: a.map(write), b: b.map(write) };
}

/** The upper 64 bits are enough for both families. */
interface Prefix {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly length: number;
}

const width = { 4: 32, 6: 64 } as const;

function families(count: number, random: () => number): (4 | 6)[] {
  return Array.from({ length: count + count / 10 }, () => (random() < 1 / 11 ? 6 : 4));
}

function anywhere(family: 4 | 6, random: () => number): Prefix {
  const length = family === 4 ? 20 + Math.floor(random() * 13) : 32 + Math.floor(random() * 33);
  const word = (): bigint => BigInt(Math.floor(random() * 0x1_0000_0000));
  // 2000::/3 is where global addresses are.
  const bits = family === 4 ? word() : (((word() >> 3n) | 0x2000_0000n) << 32n) | word();
  return cleared(family, bits, length);
}

function sibling({ family, bits, length }: Prefix): Prefix {
  return { family, bits: bits ^ (1n << BigInt(width[family] - length)), length };
}

function inside({ family, bits, length }: Prefix, random: () => number): Prefix {
  const free = width[family] - length;
  const more = Math.floor(random() * (free + 1));
  return cleared(family, bits | BigInt(Math.floor(random() * 2 ** free)), length + more);
}

function cleared(family: 4 | 6, bits: bigint, length: number): Prefix {
  const free = BigInt(width[family] - length);
  return { family, bits: (bits >> free) << free, length };
}

function write({ family, bits, length }: Prefix): string {
  const groups = (size: bigint, count: number): bigint[] =>
    Array.from({ length: count }, (_, index) => (bits >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n));
  if (family === 4) return `${groups(8n, 4).join(".")}/${length}`;
  return `${groups(16n, 4)
    .map((group) => group.toString(16))
    .join(":")}::/${length}`;
}

/** 260 wanted prefixes, half of them there, in a list of `size` entries; the other entries are not ours, in no order. */
export function makePlan(size: number): PlanInput {
  const wanted = Array.from({ length: 260 }, (_, index) =>
    index % 10 === 0 ? `2001:db8:${index.toString(16)}::/48` : `198.18.${index >>> 1}.${(index & 1) * 128}/25`,
  );
  const stale = Array.from({ length: 130 }, (_, index) => `198.19.${index}.0/24`);
  const ours = [...wanted.slice(0, 130), ...stale];
  const others = Array.from({ length: size - ours.length }, (_, index) => {
    const place = (index * 7_919) % 65_536;
    return `10.${place >>> 8}.${place & 255}.0/24`;
  });
  return {
    desired: Object.fromEntries(wanted.map((prefix) => [prefix, "Scuba"])),
    entries: [...others.map((text) => ({ text, marked: false })), ...ours.map((text) => ({ text, marked: true }))],
  };
}

/** A weekly file and the next one: every thirtieth tag has a prefix less, and a higher number. */
export function makeWeeks(before: string): WeeksInput {
  const file = JSON.parse(before) as {
    values: { properties: { changeNumber: number; addressPrefixes: string[] } }[];
  };
  for (const [index, { properties }] of file.values.entries()) {
    if (index % 30 !== 0 || properties.addressPrefixes.length < 2) continue;
    properties.changeNumber += 1;
    properties.addressPrefixes.pop();
  }
  return { before, after: JSON.stringify(file, undefined, 2) };
}

/** A small generator of well-spread numbers from 0 to below 1 (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
