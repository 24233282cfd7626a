import { keepSignedIn } from "../../provider/http/signIn";

describe("a sign-in that holds for a while", () => {
  function source(goodForMs: number) {
    let time = 0;
    let signIns = 0;
    const authorize = keepSignedIn(
      async () => ({ headers: { token: String(++signIns) }, secrets: [], goodForMs }),
      () => time,
    );
    return {
      at: async (ms: number, refresh = false) => {
        time = ms;
        return (await authorize(refresh)).headers.token;
      },
    };
  }

  it("is kept until a tenth of its life is left, and not longer", async () => {
    const { at } = source(600_000);
    expect([await at(0), await at(539_999), await at(540_000), await at(1_079_999), await at(1_080_000)]).toEqual([
      "1",
      "1",
      "2",
      "2",
      "3",
    ]);
  });

  it("is made anew when the product refused it, and then kept", async () => {
    const { at } = source(600_000);
    expect([await at(0), await at(1, true), await at(2)]).toEqual(["1", "2", "2"]);
  });

  it("is not kept when it failed", async () => {
    let attempts = 0;
    const authorize = keepSignedIn(
      async () => {
        if (++attempts === 1) throw new Error("no");
        return { headers: { token: "2" }, secrets: ["s"], goodForMs: 1_000 };
      },
      () => 0,
    );
    await expect(authorize(false)).rejects.toThrow("no");
    expect(await authorize(false)).toEqual({ headers: { token: "2" }, secrets: ["s"] });
  });
});
