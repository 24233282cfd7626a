import { connectorOfType, connectors } from "../../provider/vendors";
import { exampleInputs, fieldOf, fieldsOf, judge, saidOf } from "./judge";

const canary = "hunter2-canary-4711";

const credentialFields = connectors.flatMap((connector) =>
  connector.authentication.flatMap((way) =>
    Object.keys(way.fields).map((name) => [connector.className, way.kind, name, connector] as const),
  ),
);

function field(type: string, name: string) {
  const connector = connectorOfType(type);
  if (connector === undefined) throw new Error(`no ${type}`);
  return fieldOf(connector, name);
}

describe.each(credentialFields)("%s (%s) %s", (_, kind, name, connector) => {
  const one = fieldOf(connector, `${kind}.${name}`);

  it.each([
    ["nothing", "", "must not be empty"],
    ["white space only", "   ", "white space"],
    ["white space before it", ` ${canary}`, "white space"],
    ["a line break after it", `${canary}\n`, "white space"],
    ["a no-break space after it", `${canary}\u00a0`, "white space"],
    ["a zero-width space after it", `${canary}\u200b`, "invisible"],
    ["a byte order mark before it", `\ufeff${canary}`, "white space"],
    ["a line break within", `${canary}\r\n${canary}`, "line break"],
    ["a null byte within", `${canary}\0${canary}`, "control character"],
    ["more than 4,096 characters", canary.repeat(300), "the limit is 4096"],
  ])("refuses %s and does not repeat it", (_case, value, message) => {
    const { problems } = judge(one, value);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("accepts text of other kinds, with spaces and letters of any script within", () => {
    for (const value of ["pässwörd mit Raum", "パスワード", "a".repeat(4_096), "'\"\\$%&|<>"]) {
      expect(judge(one, value).problems).toEqual([]);
    }
  });

  it("never repeats a secret, whatever check has to say of it", () => {
    if (!one.secret) return expect(connector.authentication.some((way) => way.identifier === name)).toBe(true);
    for (const value of [
      canary,
      ` ${canary}`,
      `${canary}\n`,
      canary.repeat(300),
      `${canary}\0x`,
      { oops: canary },
      [canary],
    ]) {
      for (const inputs of exampleInputs(connector, { [name]: value })) {
        expect(saidOf(connector, inputs)).not.toContain("hunter2");
      }
    }
  });
});

it.each([
  ["serviceNow", "username"],
  ["qualys", "username"],
])("%s %s has no colon, which Basic authentication cannot carry", (type, name) => {
  expect(judge(field(type, name), "joe:smith").problems).toEqual([expect.stringContaining("colon")]);
  expect(judge(field(type, name), "joe.smith@contoso.com").problems).toEqual([]);
});

describe("warnings of an unusual form", () => {
  const hex = "0123456789abcdef".repeat(4);
  const uuid = "5c0f7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00";

  it.each([
    ["tenable", "accessKey", hex, "64 hexadecimal digits"],
    ["tenable", "secretKey", hex, "64 hexadecimal digits"],
    ["prismaCloud", "accessKeyId", uuid, "was the secret key put here"],
    ["prismaCloud", "secretKey", "aGVsbG8gd29ybGQ=", "not base64"],
    ["dragos", "apiKey", uuid, "was the API secret put here"],
  ])("%s %s", (type, name, usual, warning) => {
    expect(judge(field(type, name), usual)).toEqual({ problems: [] });
    const unusual = judge(field(type, name), canary);
    expect(unusual.problems).toEqual([]);
    expect(unusual.warning).toContain(warning);
    expect(unusual.warning).not.toContain("hunter2");
  });

  it("are given for no other credential: no other form is public", () => {
    const warned = connectors.flatMap((connector) =>
      fieldsOf(connector)
        .filter(([path, one]) => path.includes(".") && one.warn !== undefined)
        .map(([path]) => `${connector.type} ${path}`),
    );
    expect(warned).toHaveLength(5);
  });
});
