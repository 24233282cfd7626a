import { tokenSource } from "../../provider/credentials/tokens";

describe("a token by reference", () => {
  const reference = { fromCommand: ["mint"] };

  it("is obtained once, and again when the service refuses it", async () => {
    let minted = 0;
    const source = tokenSource({ kind: "reference", reference }, async () => `token-${++minted}`);
    expect(await Promise.all([source(), source()])).toEqual(["token-1", "token-1"]);
    expect(await source({ refresh: true })).toBe("token-2");
    expect(await source()).toBe("token-2");
  });

  it("whose source failed once is asked for again", async () => {
    let asked = 0;
    const source = tokenSource({ kind: "reference", reference }, async () => {
      asked += 1;
      if (asked === 1) throw new Error("not signed in");
      return "token";
    });
    await expect(source()).rejects.toThrow("not signed in");
    expect(await source()).toBe("token");
  });
});
