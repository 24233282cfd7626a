import { inspect } from "node:util";
import fc from "fast-check";
import { cleanCause, createRedactor, networkTrouble, oneLine, showUrl } from "../../provider/http/redact";

describe("redaction by pattern", () => {
  const redact = createRedactor();

  it.each([
    ["Authorization: Bearer abc.def-ghi", "abc"],
    ['{"authorization":"Basic dXNlcjpwdw=="}', "dXNlcjpwdw"],
    ["Proxy-Authorization: Basic dXNlcjpwdw==", "dXNlcjpwdw"],
    ["bearer c2VjcmV0LXRva2Vu", "c2VjcmV0LXRva2Vu"],
    ["invalid eyJhbGciOi.eyJ0aWQiOi.sig-na_ture here", "eyJ0aWQiOi"],
    ["tunnel through http://user:p@ss/w?rd@proxy:8080 failed", "p@ss"],
    ["tunnel through http://user:p@ss/w?rd@proxy:8080 failed", "w?rd"],
    ["proxy user:hunter2@proxy:8080 failed", "hunter2"],
    ["GET https://host/path?sig=abc&x=1 failed", "abc"],
    ["GET /path?$filter=abc failed", "abc"],
    ['{"password":"pa ss","user":"x"}', "pa ss"],
    ["client_secret=s3cr3t&x=1", "s3cr3t"],
    ["apiKey: 'k e y'", "k e y"],
  ])("hides what is secret in %j", (text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain("[redacted]");
  });

  it("leaves an ordinary sentence alone", () => {
    const text = "PATCH /connections/a-1: 400 InvalidHost: apiServer must be a host name (was: https), at 10:30.";
    expect(redact(text)).toBe(text);
  });

  it("keeps the host of a proxy, which is what one needs to know", () => {
    expect(redact("http://user:pw@proxy.corp:8080 refused")).toBe("http://[redacted]@proxy.corp:8080 refused");
  });
});

describe("redaction by value", () => {
  it("hides a known secret in every form in which it can come back", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: "grapheme" }), fc.string(), fc.string(), (secret, before, after) => {
        const redact = createRedactor([secret]);
        const forms = [
          secret,
          encodeURIComponent(Buffer.from(secret).toString()),
          JSON.stringify(secret).slice(1, -1),
          Buffer.from(secret).toString("base64"),
        ];
        for (const form of forms) {
          const shown = redact(`${before} ${form} ${after}`);
          // What stands around it may hold the same text only if it is hidden too.
          expect(shown.split("[redacted]").some((part) => part.includes(form))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("leaves no rest of a secret that contains another one", () => {
    expect(createRedactor(["abc", "abcdef"])("x abcdef y")).toBe("x [redacted] y");
  });

  it("hides nothing when there is nothing to hide", () => {
    expect(createRedactor([""])("a plain text")).toBe("a plain text");
  });
});

describe("a clean cause", () => {
  it("keeps message and code and nothing else", () => {
    const original = Object.assign(new Error("connect failed for canary-1"), {
      code: "ECONNRESET",
      config: { headers: { Authorization: "canary-1" } },
      request: { body: "canary-1" },
      cause: new Error("canary-1"),
    });
    const cause = cleanCause(original, createRedactor(["canary-1"]));
    expect(inspect(cause, { depth: 20, showHidden: true })).not.toContain("canary-1");
    expect(cause.message).toBe("ECONNRESET: connect failed for [redacted]");
  });

  it("finds the socket's code below the library's own and inside several addresses tried", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const wrapped = Object.assign(new Error(""), { code: "ERR_NETWORK", cause: new AggregateError([refused]) });
    expect(networkTrouble(wrapped)).toEqual({ code: "ECONNREFUSED", message: "connect ECONNREFUSED" });
  });

  it("survives a chain that bites its own tail", () => {
    const error: Error & { cause?: unknown } = new Error("loop");
    error.cause = error;
    expect(networkTrouble(error)).toEqual({ message: "loop" });
  });
});

describe("foreign text", () => {
  it("becomes one bounded line", () => {
    expect(oneLine(" a\r\n\u001b[31mb\u2028c ")).toBe("a [31mb c");
    expect(oneLine("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`);
  });

  it("shows a URL without credentials, query and fragment", () => {
    expect(showUrl("https://u:p@host:1/path?q=1#f")).toBe("https://host:1/path");
  });
});
