/** Words of a POSIX shell, for formats whose change is a command that a person runs. */

/** The word as a shell reads it back, whatever is in it: names come from a file that others wrote. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_.,/:@+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command over several lines: the first, and one option with its values per line. */
export function command(first: readonly string[], options: readonly (readonly string[])[]): string {
  return `${[first, ...options].map((words) => words.map(shellWord).join(" ")).join(" \\\n  ")}\n`;
}
