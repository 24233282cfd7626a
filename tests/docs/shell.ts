/** Reads the shell lines of the docs: which programs they call, with which words. Enough for what docs show. */

/** A simple command. */
export interface Command {
  /** Of the block or script, from 0. */
  readonly line: number;
  /** `VAR=value` before it. */
  readonly assignments: readonly string[];
  readonly words: readonly string[];
}

const operators = ["&&", "||", ";;", ";", "|", "&", "(", ")"];
/** Words after which a command begins. */
const leading = new Set(["do", "then", "else", "if", "while", "until", "!", "{", "time"]);
/** Words that begin something else than a command. */
const structure = new Set(["for", "case", "done", "fi", "esac", "in", "}"]);

/** The simple commands of a script, in order, those within `$(…)` among them. */
export function commandsOf(script: string): Command[] {
  const found: Command[] = [];
  let words: string[] = [];
  let word: string | undefined;
  let line = 0;
  let start = 0;
  /** The word after a redirection is a file. */
  let skip = false;
  const endWord = (): void => {
    if (word !== undefined && !skip) words.push(word);
    if (word !== undefined) skip = false;
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    const command = simple(words, start);
    if (command !== undefined) found.push(command);
    words = [];
  };
  const add = (text: string): void => {
    if (word === undefined && words.length === 0) start = line;
    word = (word ?? "") + text;
  };
  for (let at = 0; at < script.length; at += 1) {
    const char = script[at] as string;
    const operator = operators.find((one) => script.startsWith(one, at));
    if (char === "\\") {
      at += 1;
      if (script[at] === "\n") line += 1;
      else add(script[at] ?? "");
    } else if (char === "'" || char === '"') {
      const [text, end] = quoted(script, at);
      if (char === '"') found.push(...nested(text, line));
      add(text);
      line += text.split("\n").length - 1;
      at = end;
    } else if (script.startsWith("$(", at)) {
      const end = closing(script, at + 1);
      found.push(...commandsOf(script.slice(at + 2, end)).map((one) => ({ ...one, line: one.line + line })));
      add(script.slice(at, end + 1));
      at = end;
    } else if (script.startsWith("${", at)) {
      const end = Math.max(script.indexOf("}", at), at);
      add(script.slice(at, end + 1));
      at = end;
    } else if (char === "#" && word === undefined) {
      const end = script.indexOf("\n", at);
      at = (end === -1 ? script.length : end) - 1;
    } else if (char === "\n") {
      endCommand();
      line += 1;
    } else if (char === ">" || char === "<") {
      if (/^\d$/.test(word ?? "")) word = undefined;
      endWord();
      while (script[at + 1] === ">" || script[at + 1] === "&") at += 1;
      skip = true;
    } else if (operator !== undefined) {
      endCommand();
      at += operator.length - 1;
    } else if (/\s/.test(char)) {
      endWord();
    } else {
      add(char);
    }
  }
  endCommand();
  return found;
}

function nested(text: string, line: number): Command[] {
  const found: Command[] = [];
  for (let at = text.indexOf("$("); at !== -1; at = text.indexOf("$(", at + 1)) {
    found.push(...commandsOf(text.slice(at + 2, closing(text, at + 1))).map((one) => ({ ...one, line })));
  }
  return found;
}

function simple(words: readonly string[], line: number): Command | undefined {
  let rest = [...words];
  while (rest.length > 0 && leading.has(rest[0] as string)) rest = rest.slice(1);
  if (rest.length === 0 || structure.has(rest[0] as string) || (rest[0] as string).endsWith(")")) return undefined;
  const count = rest.findIndex((one) => !/^\w+=/.test(one));
  const assignments = rest.slice(0, count === -1 ? rest.length : count);
  return { line, assignments, words: rest.slice(assignments.length) };
}

function quoted(script: string, at: number): [text: string, end: number] {
  const quote = script[at];
  let text = "";
  for (let next = at + 1; next < script.length; next += 1) {
    if (script[next] === quote) return [text, next];
    if (quote === '"' && script[next] === "\\") next += 1;
    text += script[next] ?? "";
  }
  throw new Error(`a quotation does not end: ${script.slice(at, at + 40)}`);
}

/** Where the parenthesis closes that opens at `at`. */
function closing(script: string, at: number): number {
  let depth = 0;
  for (let next = at; next < script.length; next += 1) {
    const char = script[next];
    if (char === "'" || char === '"') next = quoted(script, next)[1];
    else if (char === "(") depth += 1;
    else if (char === ")" && --depth === 0) return next;
  }
  throw new Error(`a parenthesis does not close: ${script.slice(at, at + 40)}`);
}
