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
}

export interface Lexer {
  /** @param ahead 0 is the next one */
  peek(ahead?: number): Token;
  take(): Token;
  /** Where the token ends that was taken last. */
  end(): number;
  /** Over line ends, up to what follows them. */
  skipLines(): void;
  /** Source text in one line, cut when it is long. */
  quote(from: number, to: number): string;
}

const signs: ReadonlySet<string> = new Set(["{", "}", ";", ",", "=", "(", ")", "&", "|", "^", "<", ">", "!"]);
const doubled: ReadonlySet<string> = new Set(["==", "!=", "<=", ">=", "<<", ">>"]);
/** What may stand between words: quotes and backslashes that a shell takes away are read as nothing. */
const blanks: ReadonlySet<string> = new Set([" ", "\t", "\f", "\v", "'", "\\", "\ufeff"]);

/** As much of a rule as anybody reads. */
const longestQuote = 600;

export function lexer(text: string): Lexer {
  let at = 0;
  let line = 1;
  const ahead: Token[] = [];

  const read = (): Token => {
    let handle: number | undefined;
    for (;;) {
      const from = at;
      if (at >= text.length) return { kind: "end", text: "", line, from, to: at };
      const sign = text[at] as string;
      if (sign === "\\" && (text[at + 1] === "\n" || text[at + 1] === "\r")) {
        at += text[at + 1] === "\r" && text[at + 2] === "\n" ? 3 : 2;
        line++;
      } else if (blanks.has(sign)) at++;
      else if (sign === "#") {
        while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
        const number = /^# handle (\d{1,15})[ \t]*$/.exec(text.slice(from, Math.min(at, from + 40)))?.[1];
        if (number !== undefined) handle = Number(number);
      } else if (sign === "\n" || sign === "\r") {
        at += sign === "\r" && text[at + 1] === "\n" ? 2 : 1;
        const token: Token = { kind: "line", text: "\n", line, from, to: at };
        line++;
        return handle === undefined ? token : { ...token, handle };
      } else if (sign === '"') {
        at++;
        while (at < text.length && !/["\r\n]/.test(text[at] as string)) at++;
        const inside = text.slice(from + 1, at);
        if (text[at] === '"') at++;
        return { kind: "string", text: inside, line, from, to: at };
      } else if (signs.has(sign)) {
        const two = text.slice(at, at + 2);
        at += doubled.has(two) ? 2 : 1;
        return { kind: "sign", text: text.slice(from, at), line, from, to: at };
      } else {
        while (at < text.length && !endsWord(text.charCodeAt(at))) at++;
        return { kind: "word", text: text.slice(from, at), line, from, to: at };
      }
    }
  };

  const peek = (distance = 0): Token => {
    while (ahead.length <= distance) ahead.push(read());
    return ahead[distance] as Token;
  };
  let end = 0;
  const take = (): Token => {
    const token = peek();
    ahead.shift();
    end = token.to;
    return token;
  };
  return {
    peek,
    take,
    end: () => end,
    skipLines() {
      while (peek().kind === "line") take();
    },
    quote: (from, to) => text.slice(from, Math.min(to, from + longestQuote)).replace(/\s+/g, " "),
  };
}

const ends = new Set([...signs, ...blanks, '"', "\n", "\r", "#"].map((sign) => sign.charCodeAt(0)));

function endsWord(code: number): boolean {
  return ends.has(code);
}
