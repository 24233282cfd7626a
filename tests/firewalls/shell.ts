/** Reads rendered commands back as a shell would, for formats whose change is run by a person. */

/** The commands, each as its words. */
export function commandsIn(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (quoted) {
      if (character === "'") quoted = false;
      else word = `${word ?? ""}${character}`;
    } else if (character === "'") {
      quoted = true;
      word ??= "";
    } else if (character === "\\") {
      at++;
      if (text[at] !== "\n") word = `${word ?? ""}${text[at]}`;
    } else if (character === " " || character === "\n") {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (character === "\n" && words.length > 0) {
        commands.push(words);
        words = [];
      }
    } else word = `${word ?? ""}${character}`;
  }
  if (quoted || word !== undefined || words.length > 0) throw new Error(`an open command: ${text.slice(-80)}`);
  return commands;
}

/** The values of an option up to the next one; undefined when the option is not there. */
export function optionOf(words: readonly string[], option: string): string[] | undefined {
  const at = words.indexOf(option);
  if (at < 0) return undefined;
  const rest = words.slice(at + 1);
  const end = rest.findIndex((word) => word.startsWith("--"));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Its one value. */
export function theValue(words: readonly string[], option: string): string {
  const [value, ...more] = optionOf(words, option) ?? [];
  if (value === undefined || more.length > 0) throw new Error(`${option} of ${words.join(" ")}`);
  return value;
}
