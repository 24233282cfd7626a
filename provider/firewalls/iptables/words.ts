/** The words of a line of iptables-save, and back: quotes and backslashes as iptables writes them. */

/** Linear; an open quote ends with the line. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let open = false;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] as string;
    if (sign === "\\" && quoted && at + 1 < line.length) word += line[++at];
    else if (sign === '"') {
      quoted = !quoted;
      open = true;
    } else if (!quoted && (sign === " " || sign === "\t")) {
      if (open) words.push(word);
      word = "";
      open = false;
    } else {
      word += sign;
      open = true;
    }
  }
  if (open) words.push(word);
  return words;
}

export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/(["\\])/g, "\\$1")}"`)).join(" ");
}
