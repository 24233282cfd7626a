import fc from "fast-check";
import type { Connection } from "../../provider/connections/model";
import { connectionCreateSchema, connectionPatchSchema } from "../../provider/connections/schema";
import { changesToWire, fromWire, holderOf, holds, readError, toWire } from "../../provider/connections/wire";
import { MsemError } from "../../provider/core/errors";

const stamp = "2026-11-01T00:00:00Z";
const wire = {
  id: "c-1",
  name: "qualys-eu",
  connectorType: "qualys",
  settings: { apiServer: "qualysapi.example" },
  credentialInfo: { kind: "basic", identifier: "scanner", updatedDateTime: stamp },
  status: "Failed",
  statusDetail: { code: "Unauthorized", message: "refused", sinceDateTime: stamp },
  createdDateTime: stamp,
  lastModifiedDateTime: stamp,
  tags: { "managed-by": "pulumi" },
} as const;

describe("a connection from the wire", () => {
  it("has the model's names, the ETag and no undefined keys", () => {
    expect(fromWire(wire, '"7"')).toStrictEqual({
      ...wire,
      statusDetail: { code: "Unauthorized", message: "refused", since: stamp },
      etag: '"7"',
    });
  });
});

describe("a draft on the wire", () => {
  const name = fc.string({ minLength: 1, maxLength: 128 });
  const map = fc.dictionary(fc.string(), fc.string());
  const credentials = fc
    .record({ kind: fc.string(), fields: map })
    .filter(({ fields }) => !Object.hasOwn(fields, "kind"));

  it("always fits the contract, with the credential's fields beside its kind", () => {
    fc.assert(
      fc.property(fc.record({ name, connectorType: name, settings: map, credentials, tags: map }), (draft) => {
        const json: unknown = JSON.parse(JSON.stringify(toWire(draft)));
        expect(connectionCreateSchema.safeParse(json).success).toBe(true);
        expect(json).toMatchObject({ name: draft.name, credentials: { kind: draft.credentials.kind } });
      }),
    );
  });

  it("is refused with places and without values when it does not fit", () => {
    const draft = {
      name: "",
      connectorType: "q",
      settings: {},
      credentials: { kind: "basic", fields: { password: "canary" } },
      tags: {},
    };
    expect(() => toWire(draft)).toThrow(/MSEM_INVALID[\s\S]*name: /);
    const wrong = { ...draft, name: "n", credentials: { kind: "basic", fields: { password: ["canary"] } } };
    try {
      toWire(wrong as never);
      throw new Error("was accepted");
    } catch (error) {
      expect(error).toBeInstanceOf(MsemError);
      expect(String(error)).toContain("credentials.password");
      expect(String(error)).not.toContain("canary");
    }
  });

  it("refuses a credential field that would overwrite the kind", () => {
    expect(() =>
      toWire({
        name: "n",
        connectorType: "q",
        settings: {},
        credentials: { kind: "basic", fields: { kind: "x" } },
        tags: {},
      }),
    ).toThrow(/MSEM_FAULT/);
  });
});

describe("changes on the wire", () => {
  it("hold only what changes, null for what goes", () => {
    const patch = changesToWire({ description: null, tags: { a: null, b: "1" } });
    expect(JSON.parse(JSON.stringify(patch))).toStrictEqual({ description: null, tags: { a: null, b: "1" } });
    expect(Object.keys(patch)).toEqual(["description", "tags"]);
    expect(connectionPatchSchema.safeParse(patch).success).toBe(true);
  });
});

describe("what a connection already holds", () => {
  const connection: Connection = fromWire({ ...wire, description: "old" }, '"1"');

  it.each([
    [{}, true],
    [
      { name: "qualys-eu", description: "old", settings: { apiServer: "qualysapi.example" }, tags: { gone: null } },
      true,
    ],
    [{ name: "Qualys-EU" }, false],
    [{ description: null }, false],
    [{ settings: { apiServer: "other" } }, false],
    [{ tags: { "managed-by": null } }, false],
    [{ tags: { constructor: null } }, true],
  ])("%j: %s", (changes, expected) => {
    expect(holds(connection, changes)).toBe(expected);
  });
});

describe("an error body", () => {
  it("is read with its details and the holder of a name", () => {
    const error = readError({
      error: { code: "NameConflict", message: "taken", innererror: { connectionId: "c-2" }, extra: 1 },
    });
    expect(error).toMatchObject({ code: "NameConflict", message: "taken", details: [] });
    expect(holderOf(error)).toBe("c-2");
  });

  it.each([undefined, null, "text", {}, { error: "text" }, { error: { code: 5 } }])("is none: %j", (json) => {
    expect(readError(json)).toBeUndefined();
  });

  it.each([{}, { connectionId: "" }, { connectionId: 5 }])("names no holder: %j", (innererror) => {
    expect(holderOf(readError({ error: { code: "NameConflict", message: "m", innererror } }))).toBeUndefined();
  });
});
