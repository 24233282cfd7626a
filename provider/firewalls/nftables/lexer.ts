/** Words and signs of the language of nft, with lines. Linear; any text has tokens. */

export interface Token {
  readonly kind: "word" | "string" | "sign" | "line" | "end";
  /** Without quotes; of a sign the sign itself. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Of a line's end: the number that `nft -a` wrote behind the rule. */
  readonly handle?: number;
  /** Of a line's end: the comment before it hides a part of the rule, as nft prints what iptables has extensions for. */
  readonly hides?: true;
}

export interface Lexer {
  /** @param ahead 0 is the next one */
  peek(ahead?: number): Token;
  take(): Token;
  /** Where the token ends that was taken last, and what it was. */
  end(): number;
  before(): string;
  /** Over line ends, up to what follows them. */
  skipLines(): void;
  /** Source text in one line, cut when it is long. */
  quote(from: number, to: number): string;
}

const word = 0;
const blank = 1;
const sign = 2;
const lineEnd = 3;
const quote = 4;
const hash = 5;
const backslash = 6;

/** What a character is, by its code; above the table all are parts of words. */
const kinds = new Uint8Array(128);
for (const [kind, characters] of [
  // What may stand between words: quotes that a shell takes away are read as nothing.
  [blank, " \t\f\v'"],
  [sign, "{};,=()&|^<>!"],
  [lineEnd, "\r\n"],
  [quote, '"'],
  [hash, "#"],
  [backslash, "\\"],
] as const) {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (kinds[code] as number) : word;
}

const doubled: ReadonlySet<string> = new Set(["==", "!=", "<=", ">=", "<<", ">>"]);

/** As much of a rule as anybody reads. */
const longestQuote = 600;

export function lexer(text: string): Lexer {
  let at = 0;
  let line = 1;

  const read = (): Token => {
    let handle: number | undefined;
    let hides = false;
    for (;;) {
      if (at >= text.length) return { kind: "end", text: "", line, from: at, to: at };
      const from = at;
      switch (kindAt(text, at)) {
        case word:
          do at++;
          while (at < text.length && kindAt(text, at) === word);
          return { kind: "word", text: text.slice(from, at), line, from, to: at };
        case blank:
          at++;
          break;
        case sign:
          at += doubled.has(text.slice(at, at + 2)) ? 2 : 1;
          return { kind: "sign", text: text.slice(from, at), line, from, to: at };
        case lineEnd: {
          at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
          const token: Token = { kind: "line", text: "\n", line, from, to: at };
          line++;
          if (handle === undefined && !hides) return token;
          return { ...token, ...(handle === undefined ? {} : { handle }), ...(hides ? { hides } : {}) };
        }
        case quote: {
          do at++;
          while (at < text.length && kindAt(text, at) !== quote && kindAt(text, at) !== lineEnd);
          const inside = text.slice(from + 1, at);
          if (text[at] === '"') at++;
          return { kind: "string", text: inside, line, from, to: at };
        }
        case hash: {
          while (at < text.length && kindAt(text, at) !== lineEnd) at++;
          const comment = text.slice(from, Math.min(at, from + longestQuote));
          const number = /^# handle (\d{1,15})[ \t]*$/.exec(comment)?.[1];
          if (number !== undefined) handle = Number(number);
          // `# match-set BAD src counter packets 0 bytes 0 drop`: nobody writes such a comment.
          hides = /\bcounter packets \d+ bytes \d+/.test(comment);
          break;
        }
        default:
          // A backslash joins lines; elsewhere it is a shell's.
          at++;
          if (kindAt(text, at) === lineEnd) {
            at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
            line++;
          }
      }
    }
  };

  /** The next one, when it has been looked at already. */
  let next: Token | undefined;
  const later: Token[] = [];
  let end = 0;
  let before = "";
  const peek = (distance = 0): Token => {
    next ??= read();
    if (distance === 0) return next;
    while (later.length < distance) later.push(read());
    return later[distance - 1] as Token;
  };
  const take = (): Token => {
    const token = next ?? read();
    next = later.shift();
    end = token.to;
    before = token.text;
    return token;
  };
  return {
    peek,
    take,
    end: () => end,
    before: () => before,
    skipLines() {
      while (peek().kind === "line") take();
    },
    quote: (from, to) => text.slice(from, Math.min(to, from + longestQuote)).replace(/\s+/g, " "),
  };
}
