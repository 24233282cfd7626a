/** Names in a program, of what has names on a service: valid, readable, each once, the same at every run. */

/** Gives out names; a second one of the same gets a number. */
export type TakeName = (wanted: string) => string;

/**
 * @param separator between a name and its number
 * @param taken     from the start
 */
export function namesWith(separator: string, taken: Iterable<string> = []): TakeName {
  const known = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let number = 2; known.has(name); number++) name = `${wanted}${separator}${number}`;
    known.add(name);
    return name;
  };
}

/** Identifiers that a program cannot use, or that ours uses itself. */
export const reserved: readonly string[] = [
  ..."arguments await break case catch class config const continue debugger default delete do else enum eval export".split(
    " ",
  ),
  ..."extends false finally for function if implements import imported in instanceof interface let msem new null".split(
    " ",
  ),
  ..."package private protected provider public pulumi return static super switch this throw true try typeof".split(
    " ",
  ),
  ..."undefined var void while with yield".split(" "),
];

/** `scannerEu` of "Scanner (EU)"; `otherwise` where nothing of the name can stand in an identifier. */
export function camelCase(name: string, otherwise: string): string {
  const [first, ...rest] = wordsOf(name);
  if (first === undefined) return otherwise;
  const text = [first.toLowerCase(), ...rest.map(capital)].join("");
  return /^\d/.test(text) ? `${otherwise}${text}` : text;
}

/** `SCANNER_EU_API_KEY` of several names. */
export function upperSnakeCase(...names: string[]): string {
  return names.flatMap(wordsOf).join("_").toUpperCase();
}

/** `scannerEuApiKey` of an identifier and a field. */
export function joined(identifier: string, field: string): string {
  return `${identifier}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`;
}

/** Letters with their accents taken off: an identifier with others is valid, and hard to type. */
function wordsOf(name: string): string[] {
  return (
    name
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .match(/[A-Z]+\d*(?![a-z])|[A-Z]?[a-z]+\d*|\d+/g) ?? []
  );
}

/**
 * A logical name out of the name of something on a service. URNs take any text, but what a person has to type into a
 * command (`pulumi state …`) should have no line breaks and no `::`, which separates the parts of a URN.
 */
export function logicalName(name: string): string {
  const plain = name
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .replace(/::+/g, ":")
    .trim();
  return plain === "" ? "connection" : plain;
}
