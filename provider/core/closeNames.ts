/** "Did you mean": the names that look most like a mistyped one. */

/**
 * The closest of `names` to `wanted`, closest first, without regard to case. Names that contain it, or that it contains,
 * count as close; otherwise a third of the letters may differ.
 *
 * @param most how many to give at most
 */
export function closeNames(wanted: string, names: Iterable<string>, most = 5): string[] {
  const target = wanted.toLowerCase();
  const ranked: { name: string; distance: number }[] = [];
  for (const name of names) {
    const distance = rank(target, name.toLowerCase());
    if (distance !== undefined) ranked.push({ name, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, most).map(({ name }) => name);
}

function rank(target: string, name: string): number | undefined {
  const allowed = Math.max(1, Math.floor(Math.max(target.length, name.length) / 3));
  // Each letter too many is an edit, so lengths that differ more cannot be close: most names cost nothing.
  if (Math.abs(target.length - name.length) <= allowed) {
    const distance = editDistance(target, name);
    if (distance <= allowed) return distance;
  }
  const contained = target.length >= 3 && name.length >= 3 && (name.includes(target) || target.includes(name));
  return contained ? Math.abs(target.length - name.length) : undefined;
}

/** Levenshtein, with a swap of neighbours as one edit: `Sucba` is one away from `Scuba`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(change, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] as number) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}
