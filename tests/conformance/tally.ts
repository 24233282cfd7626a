/** Counts the cases of the suite, and says which ones a target does not take part in and why. */

export interface Tally {
  /** One case: a state reached, a fault survived, a race ended. */
  count(kind: string, cases?: number): void;
  skip(kind: string, reason: string): void;
  /** One line for each kind. */
  lines(): readonly string[];
}

export function createTally(title: string): Tally {
  const counts = new Map<string, number>();
  const skipped = new Map<string, string>();
  return {
    count: (kind, cases = 1) => void counts.set(kind, (counts.get(kind) ?? 0) + cases),
    skip: (kind, reason) => void skipped.set(kind, reason),
    lines: () => [
      `conformance, ${title}: ${[...counts.values()].reduce((sum, number) => sum + number, 0)} cases`,
      ...[...counts].map(([kind, number]) => `  ${number} ${kind}`),
      ...[...skipped].map(([kind, reason]) => `  skipped ${kind}: ${reason}`),
    ],
  };
}
