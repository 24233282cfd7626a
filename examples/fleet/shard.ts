/** A part of the list, for one of several machines. */
export interface Shard {
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
}

/** `2/4` is the second of four. Undefined when it is none. */
export function parseShard(text: string): Shard | undefined {
  const match = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text);
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) };
  return shard.index <= shard.count ? shard : undefined;
}

/** Every n-th, so that all parts are of one size. Whoever adds tenants at the end moves none to another part. */
export function partOf<T>(items: readonly T[], { index, count }: Shard): readonly T[] {
  return items.filter((_, position) => position % count === index - 1);
}
