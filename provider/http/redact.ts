/**
 * Keeps secrets out of messages, logs and causes. Works twice: by value, for what this request is known to carry, and
 * by pattern, for what a proxy, a library or the service might quote that we did not send ourselves.
 */

/** Rewrites a text so that it may be shown. */
export type Redactor = (text: string) => string;

const mark = "[redacted]";
const maxLength = 2_000;

/** Lower-case beginnings of the names whose values are hidden wherever `name=value` or `"name":"value"` appears. */
const secretNames = "password|passwd|secret|client_?secret|token|access_?token|api_?key|access_?key|assertion|sig";

const patterns: readonly (readonly [RegExp, string])[] = [
  // Greedy up to the last "@": a password may itself hold "@", "/" or "?".
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, `$1${mark}@`],
  [/(^|[\s"'(=])[^\s"'()<>:/@]+:(?!\/\/)[^\s"'()<>@]+@(?=[\w[])/g, `$1${mark}@`],
  [/\?[^\s"'<>()]*=[^\s"'<>()]*/g, `?${mark}`],
  [/((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:[a-z]+\s+)?[^\s"',;}]+/gi, `$1${mark}`],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${mark}`],
  [/\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*/g, mark],
  [new RegExp(`((?:${secretNames})["']?\\s*(?:=\\s*|:\\s*(?=["'])))("[^"]*"|'[^']*'|[^\\s,;}&]+)`, "gi"), `$1${mark}`],
];

/**
 * A redactor that also knows the values a request carries, in the forms in which they could come back: as they are,
 * percent-encoded, escaped for JSON, base64.
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret === "") continue;
    forms.add(secret);
    // Through UTF-8, because encodeURIComponent throws for half a surrogate pair.
    forms.add(encodeURIComponent(Buffer.from(secret, "utf8").toString("utf8")));
    forms.add(JSON.stringify(secret).slice(1, -1));
    forms.add(Buffer.from(secret, "utf8").toString("base64"));
  }
  // Longest first: a secret that contains another one must not leave its rest behind.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = text;
    for (const form of ordered) shown = shown.split(form).join(mark);
    for (const [pattern, replacement] of patterns) shown = shown.replace(pattern, replacement);
    return shown;
  };
}

/** What other people wrote, as one printable line of bounded length: no line breaks, no terminal escapes. */
export function oneLine(text: string, limit = maxLength): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}…`;
}

/** Scheme, host and path of a URL: without credentials, query string and fragment. */
export function showUrl(url: string | URL): string {
  const text = String(url);
  if (!URL.canParse(text)) return createRedactor()(oneLine(text, 200));
  const parsed = new URL(text);
  return oneLine(`${parsed.protocol}//${parsed.host}${parsed.pathname}`, 200);
}

/**
 * An error that is safe as a `cause`: message and connection code only, redacted. Errors of HTTP libraries carry their
 * whole configuration, headers and body along, and `util.inspect` prints all of it.
 */
export function cleanCause(error: unknown, redact: Redactor): Error {
  const { code, message } = networkTrouble(error);
  const text = redact(oneLine(message, 500));
  const cause = new Error(code === undefined || text.includes(code) ? text : `${code}: ${text}`);
  // The stack of the original quotes the unredacted message; ours would only show this function.
  cause.stack = `${cause.name}: ${cause.message}`;
  return cause;
}

/** The connection code and the most telling message along a chain of causes. */
export function networkTrouble(error: unknown): { code?: string; message: string } {
  let code: string | undefined;
  let message = "";
  let current: unknown = error;
  for (let depth = 0; depth < 8 && typeof current === "object" && current !== null; depth += 1) {
    const entry: { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown } = current;
    if (typeof entry.message === "string" && entry.message !== "" && message === "") message = entry.message;
    // A code of the HTTP library says less than the socket's own, which lies further down.
    if (typeof entry.code === "string" && (code === undefined || code.startsWith("ERR_"))) code = entry.code;
    // Several addresses tried at once (IPv4 and IPv6): the first failure stands for all.
    current = entry.cause ?? (Array.isArray(entry.errors) ? entry.errors[0] : undefined);
  }
  if (message === "") message = typeof error === "string" ? error : (code ?? "unknown error");
  return code === undefined ? { message } : { code, message };
}
