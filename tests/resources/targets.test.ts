import * as pulumi from "@pulumi/pulumi";
import { manual, prismaCloud, serviceNow, tenable, wiz } from "../../provider/resources/targets";
import { targets } from "../../provider/vendors/targets";

const endpoint = "https://example.com";
const reference = { fromEnvironment: "NAME" };

/** Which of the values are secret outputs, by path. */
async function secretsIn(value: unknown, path = ""): Promise<string[]> {
  if (pulumi.Output.isInstance(value)) return (await pulumi.isSecret(value)) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  const found = await Promise.all(
    Object.entries(value).map(([name, inner]) => secretsIn(inner, path === "" ? name : `${path}.${name}`)),
  );
  return found.flat();
}

const made = {
  tenable: () => tenable({ accessKey: "a", secretKey: "s" }),
  prismaCloud: () => prismaCloud({ accessKeyId: "a", secretKey: "s", endpoint }),
  serviceNow: () => serviceNow({ endpoint, authentication: { kind: "basic", username: "u", password: "p" } }),
  wiz: () => wiz({ experimental: true, apiEndpoint: endpoint, clientId: "c", clientSecret: "s" }),
};

describe("targets of allowlists", () => {
  it("have a function each, of the same name", () => {
    expect(Object.keys(made).sort()).toEqual(targets.map(({ kind }) => kind).sort());
    for (const [kind, make] of Object.entries(made)) expect(make().kind).toBe(kind);
  });

  it.each(targets.map((target) => [target.kind, target] as const))("mark every secret of %s", async (kind, target) => {
    const union = target.authentication.length > 1 ? "authentication." : "";
    const [way] = target.authentication;
    const secret = Object.entries(way.fields).flatMap(([name, field]) => (field.secret ? [`${union}${name}`] : []));
    expect(secret).not.toEqual([]);
    expect(await secretsIn(made[kind as keyof typeof made]())).toEqual(secret);
  });

  it("mark the other way to sign in at ServiceNow as well, and the whole of it when it is an output", async () => {
    const oauth = { kind: "oauth2", clientId: "c", clientSecret: "s" } as const;
    expect(await secretsIn(serviceNow({ endpoint, authentication: oauth }))).toEqual(["authentication.clientSecret"]);
    const late = pulumi.output(oauth) as unknown as typeof oauth;
    expect(await secretsIn(serviceNow({ endpoint, authentication: late }))).toEqual(["authentication"]);
  });

  it("leave a reference as it is: it is no secret, and stays out of state", async () => {
    const target = prismaCloud({ accessKeyId: "a", secretKey: reference, endpoint });
    expect(target.secretKey).toEqual(reference);
    const authentication = { kind: "basic", username: "u", password: reference } as const;
    expect(await secretsIn(serviceNow({ endpoint, authentication }))).toEqual([]);
  });

  it("pass on only what was given", () => {
    expect(Object.keys(tenable({ accessKey: "a", secretKey: "s" })).sort()).toEqual(["accessKey", "kind", "secretKey"]);
    expect(manual({ product: "qualys" })).toEqual({ kind: "manual", product: "qualys" });
  });
});
