/** How IOS and NX-OS nest their commands: a head opens a mode, and the lines under it belong to the mode until it ends. */
import { eachLine, wordsOf } from "../lines";
import type { Line } from "./groups";

export interface Modes<Mode extends { readonly kind: string }> {
  /** The mode in which nothing is read; it has no place in `continues`. */
  readonly other: Mode;
  /** First words that continue each mode when its indentation is lost, as in pasted text. */
  readonly continues: Readonly<Partial<Record<string, RegExp>>>;
  /** Heads of what the parser reads: they end the mode before, however they are indented. */
  opens(at: Line): boolean;
  /** A line of the mode. */
  read(mode: Mode, at: Line): void;
  /** The mode after a line that belongs to none. */
  modeAfter(at: Line): Mode;
}

/** Walks all commands of a text, comments and empty lines left out, `no` taken off and told apart. */
export function eachCommand<Mode extends { readonly kind: string }>(text: string, modes: Modes<Mode>): void {
  const { other, continues } = modes;
  let mode = other;
  eachLine(text, (raw, line) => {
    const first = raw.charCodeAt(0);
    if (Number.isNaN(first) || first === 33) return;
    const words = wordsOf(raw);
    const negated = words[0] === "no";
    if (negated) words.shift();
    const [command] = words;
    if (command === undefined || command.startsWith("!")) return;
    if (command === "exit" || command === "end") {
      mode = other;
      return;
    }
    const at: Line = { raw, line, words, negated };
    const indented = first === 32 || first === 9;
    const continuation = continues[mode.kind];
    if (continuation !== undefined && (indented || continuation.test(command)) && !modes.opens(at)) {
      modes.read(mode, at);
    } else {
      mode = modes.modeAfter(at);
    }
  });
}
