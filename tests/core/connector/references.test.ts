import fc from "fast-check";
import { remembering, resolveCredentials } from "../../../provider/core/connector/credentials";
import { isReference, referenceKinds, type SecretReference } from "../../../provider/core/connector/inputs";
import { judgeReference, looksLikeReference, parseSecretIdentifier } from "../../../provider/core/connector/references";
import { MsemError } from "../../../provider/core/errors";
import { qualys } from "../../../provider/vendors/qualys/connector";
import { serviceNow } from "../../../provider/vendors/servicenow/connector";

const canary = "canary-91fe";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const surroundings = {
  environment: (name: string) => (name === "SET" ? canary : undefined),
  now: () => new Date(0),
  fileTrouble: (path: string) => (path === "there" ? undefined : "does not exist"),
};
const judge = (reference: Record<string, unknown>) => judgeReference("password", reference, surroundings);
const identifier = "https://contoso.vault.azure.net/secrets/scanner-password";

describe("a reference", () => {
  it.each<SecretReference>([
    { fromEnvironment: "SET" },
    { fromKeyVault: identifier },
    { fromKeyVault: `${identifier}/0123456789abcdef0123456789abcdef` },
    { fromFile: "there" },
    { fromCommand: ["op", "read", "op://vault/item/field"] },
    { fromCommand: ["pass"] },
  ])("of a good form has no problem: %j", (reference) => {
    expect(judge(reference as unknown as Record<string, unknown>)).toEqual([]);
    expect(isReference(reference)).toBe(true);
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      "two keys",
      { fromEnvironment: "SET", fromFile: "there" },
      "password",
      /exactly one of fromEnvironment, .*fromCommand/,
    ],
    ["a foreign key beside", { fromFile: "there", encoding: canary }, "password", /exactly one/],
    ["no name of a variable", { fromEnvironment: `${canary} x` }, "password.fromEnvironment", /name of an environment/],
    ["a variable that is not set", { fromEnvironment: "GONE" }, "password", /GONE is not set/],
    ["a number", { fromEnvironment: 7 }, "password.fromEnvironment", /name of an environment/],
    ["a secret instead of its identifier", { fromKeyVault: canary }, "password.fromKeyVault", /secret identifier/],
    ["plain http", { fromKeyVault: identifier.replace("https", "http") }, "password.fromKeyVault", /identifier/],
    [
      "a key instead of a secret",
      { fromKeyVault: identifier.replace("secrets", "keys") },
      "password.fromKeyVault",
      /identifier/,
    ],
    ["a query", { fromKeyVault: `${identifier}?sig=${canary}` }, "password.fromKeyVault", /identifier/],
    [
      "a user in the URL",
      { fromKeyVault: identifier.replace("//", `//u:${canary}@`) },
      "password.fromKeyVault",
      /identifier/,
    ],
    ["a file that is not there", { fromFile: `/run/${canary}` }, "password", /fromFile names does not exist/],
    ["no path", { fromFile: "" }, "password.fromFile", /path of a file/],
    [
      "a shell line instead of words",
      { fromCommand: `op read ${canary}` },
      "password.fromCommand",
      /program and its arguments/,
    ],
    ["an empty command", { fromCommand: [] }, "password.fromCommand", /program and its arguments/],
    ["no program", { fromCommand: ["", canary] }, "password.fromCommand", /program and its arguments/],
    ["a word that is no text", { fromCommand: ["op", 1] }, "password.fromCommand", /program and its arguments/],
  ])("with %s is a problem that quotes nothing", (_what, reference, path, message) => {
    expect(looksLikeReference(reference)).toBe(true);
    const problems = judge(reference);
    expect(problems).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect(JSON.stringify(problems)).not.toContain(canary);
  });

  it("that is not known yet passes, also in a part", () => {
    for (const kind of referenceKinds) expect(judge({ [kind]: unknown })).toEqual([]);
    expect(judge({ fromCommand: ["op", unknown] })).toEqual([]);
  });

  it("never makes a check throw, nor quotes what it holds", () => {
    const word = fc.oneof(fc.constant(canary), fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.constantFrom(...referenceKinds), fc.oneof(word, fc.array(word)), (kind, value) => {
        const text = JSON.stringify(judge({ [kind]: value }));
        // A name that could be a variable's may be shown: it is what a person has to set.
        expect(text).not.toContain(`${canary}`);
      }),
    );
  });
});

describe("a secret identifier", () => {
  it("is read into vault, name and version", () => {
    expect(parseSecretIdentifier(`${identifier}/00ff`)).toEqual({
      vault: "https://contoso.vault.azure.net",
      name: "scanner-password",
      version: "00ff",
    });
    expect(parseSecretIdentifier("https://CONTOSO.vault.azure.net/secrets/a/")).toEqual({
      vault: "https://contoso.vault.azure.net",
      name: "a",
    });
  });

  it("has a name of 127 characters at most", () => {
    const at = (length: number) => parseSecretIdentifier(`https://v.vault.azure.net/secrets/${"n".repeat(length)}`);
    expect(at(127)?.name).toHaveLength(127);
    expect(at(128)).toBeUndefined();
  });
});

describe("credentials", () => {
  const inputs = { apiServer: "qualysapi.qualys.eu", username: "u", password: { fromFile: "there" } };

  it("are resolved where they are references, and left where they are values", async () => {
    const asked: SecretReference[] = [];
    const resolve = async (reference: SecretReference) => {
      asked.push(reference);
      return canary;
    };
    expect(await resolveCredentials(qualys, inputs, resolve)).toEqual({
      kind: "basic",
      fields: { username: "u", password: canary },
    });
    const authentication = { kind: "oauth2", clientId: "c", clientSecret: { fromCommand: ["x"] } };
    expect(await resolveCredentials(serviceNow, { authentication }, resolve)).toEqual({
      kind: "oauth2",
      fields: { clientId: "c", clientSecret: canary },
    });
    expect(asked).toEqual([{ fromFile: "there" }, { fromCommand: ["x"] }]);
  });

  it("are judged as those by value are, without being quoted", async () => {
    await expect(resolveCredentials(qualys, inputs, async () => `${canary}\n`)).rejects.toMatchObject({
      code: "MSEM_INVALID",
      message: expect.stringMatching(/^MSEM_INVALID password: what fromFile gives .*(white space|line break)/),
    });
    await expect(resolveCredentials(qualys, inputs, async () => `${canary}\n`)).rejects.toMatchObject({
      message: expect.not.stringContaining(canary),
    });
  });

  it("that cannot be resolved name the argument", async () => {
    const failing = async () => {
      throw new MsemError("MSEM_REFERENCE", "the vault is shut", { hint: "Open it." });
    };
    await expect(resolveCredentials(qualys, inputs, failing)).rejects.toMatchObject({
      code: "MSEM_REFERENCE",
      message: "MSEM_REFERENCE password: the vault is shut\n  Open it.",
    });
  });

  it("of one run are asked for once", async () => {
    let minted = 0;
    const resolve = remembering(async () => `secret-${++minted}`);
    expect(await resolve({ fromFile: "a" })).toBe("secret-1");
    expect(await resolve({ fromFile: "a" })).toBe("secret-1");
    expect(await resolve({ fromEnvironment: "a" })).toBe("secret-2");
  });
});
