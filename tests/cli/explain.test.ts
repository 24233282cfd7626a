import { runExplain } from "../../provider/cli/explain";
import { explanations } from "../../provider/core/explanations";
import { capture } from "./capture";

const explain = (code?: string) => capture((io) => runExplain(code, io));

describe("msem explain", () => {
  it("says what a code means, what leads to it and what to do", async () => {
    expect(await explain("MSEM_PRECONDITION")).toEqual({
      code: 0,
      stdout: [
        "MSEM_PRECONDITION: somebody else keeps changing the same thing (412)",
        "",
        "Causes",
        "  - Between reading and writing another writer was faster, at each of a bounded number of attempts: another stack, a script, a person.",
        "",
        "What to do",
        "  - Find the other writer, then run it again: what is there is read anew, and nothing of theirs was undone.",
        "",
      ].join("\n"),
      stderr: "",
    });
    expect((await explain("MSEM_DRIFT")).stdout).toMatch(/\n\nIn the repository: docs\/firewalls\.md, docs\/ci\.md\n$/);
  });

  it("takes a code in small letters and without its beginning", async () => {
    const whole = await explain("MSEM_NOT_OWNED");
    expect(await explain("msem_not_owned")).toEqual(whole);
    expect(await explain("not_owned")).toEqual(whole);
  });

  it("lists all codes with what they mean", async () => {
    const { code, stdout } = await explain();
    expect(code).toBe(0);
    expect(stdout.match(/^MSEM_\w+/gm)).toEqual(Object.keys(explanations));
    expect(stdout).toContain("MSEM_THROTTLED          too many requests (429)\n");
  });

  it.each([
    ["MSEM_CONFLCT", "Close: MSEM_CONFLICT."],
    ["constructor", "msem explain lists all of them."],
  ])("does not know %s, and says what is close", async (wanted, hint) => {
    const { code, stdout, stderr } = await explain(wanted);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`there is no error code ${JSON.stringify(wanted)}\n  ${hint}`);
  });
});
