import fc from "fast-check";
import { backoffMs, parseRetryAfter } from "../../provider/http/retry";

describe("Retry-After", () => {
  const now = Date.UTC(2026, 10, 23, 12, 0, 0);

  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 3 ", 3_000],
    ["Mon, 23 Nov 2026 12:00:30 GMT", 30_000],
    ["Monday, 23-Nov-26 12:00:30 GMT", 30_000],
  ])("%j asks for %i ms", (text, ms) => {
    expect(parseRetryAfter(text, now)).toBe(ms);
  });

  it.each([undefined, "", "soon", "-5", "1e3", "NaN", "Mon, 23 Nov 2026 11:59:59 GMT"])(
    "%j says nothing usable",
    (text) => {
      expect(parseRetryAfter(text, now)).toBeUndefined();
    },
  );
});

describe("back-off", () => {
  it("lies between half of and the whole doubled wait, never above the maximum", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (retry, random) => {
        const wait = backoffMs(retry, { baseDelayMs: 500, maxDelayMs: 30_000 }, () => random);
        const full = Math.min(30_000, 500 * 2 ** (retry - 1));
        return wait >= Math.floor(full / 2) && wait <= full;
      }),
    );
  });

  it("differs between two that failed together", () => {
    const policy = { baseDelayMs: 500, maxDelayMs: 30_000 };
    expect(backoffMs(3, policy, () => 0)).not.toBe(backoffMs(3, policy, () => 0.9));
  });
});
