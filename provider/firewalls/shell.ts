/** Commands for a POSIX shell. */

/** A word that the shell takes as it is, whatever stands in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command over several lines: the first, and one option with its values per line. */
export function command(first: readonly string[], options: readonly (readonly string[])[]): string {
  return `${[first, ...options].map((words) => words.map(shellWord).join(" ")).join(" \\\n  ")}\n`;
}
