import { MsemError } from "../../provider/core/errors";
import { tokenSource } from "../../provider/credentials/tokens";

describe("a token by reference", () => {
  const reference = { fromCommand: ["mint"] };

  it("is obtained once, and again when the service refuses it", async () => {
    let minted = 0;
    const source = tokenSource(
      { kind: "reference", reference, setting: "msem:token" },
      async () => `token-${++minted}`,
    );
    expect(await Promise.all([source(), source()])).toEqual(["token-1", "token-1"]);
    expect(await source({ refresh: true })).toBe("token-2");
    expect(await source()).toBe("token-2");
  });

  it("whose source failed once is asked for again", async () => {
    let asked = 0;
    const source = tokenSource({ kind: "reference", reference, setting: "msem:token" }, async () => {
      asked += 1;
      if (asked === 1) throw new Error("not signed in");
      return "token";
    });
    await expect(source()).rejects.toThrow("not signed in");
    expect(await source()).toBe("token");
  });

  it("that cannot be obtained is told of its setting", async () => {
    const shut = async () => {
      throw new MsemError("MSEM_REFERENCE", "the vault is shut", { hint: "Open it.", status: 403 });
    };
    const source = tokenSource({ kind: "reference", reference, setting: "msem:graphToken" }, shut);
    await expect(source()).rejects.toMatchObject({
      code: "MSEM_REFERENCE",
      message: "MSEM_REFERENCE msem:graphToken: the vault is shut\n  Open it.",
      details: { status: 403 },
    });
  });
});
