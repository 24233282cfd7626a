import { checkConnector } from "../../provider/core/connector/check";
import type { ConnectorDescriptor, Field } from "../../provider/core/connector/define";
import { connectorOfType } from "../../provider/vendors";

/** What a schema says to one value: problems, or else the warning. */
export function judge(field: Field, value: string): { problems: readonly string[]; warning?: string } {
  const result = field.schema.safeParse(value);
  if (!result.success) return { problems: result.error.issues.map((issue) => issue.message) };
  const warning = field.warn?.(value);
  return warning === undefined ? { problems: [] } : { problems: [], warning };
}

/** Every field of a connector with its path, the union's included. */
export function fieldsOf(connector: ConnectorDescriptor): readonly (readonly [string, Field])[] {
  return [
    ...Object.entries(connector.settings),
    ...connector.authentication.flatMap((way) =>
      Object.entries(way.fields).map(([name, field]) => [`${way.kind}.${name}`, field] as const),
    ),
  ];
}

/** The field of that name, wherever it stands. */
export function fieldOf(connector: ConnectorDescriptor, name: string): Field {
  const found = fieldsOf(connector).find(([path]) => path === name || path.endsWith(`.${name}`));
  if (found === undefined) throw new Error(`${connector.className} has no field ${name}`);
  return found[1];
}

/** Inputs made from the examples of the docs, for each way to sign in; `change` overwrites fields by name. */
export function exampleInputs(
  connector: ConnectorDescriptor,
  change: Readonly<Record<string, unknown>> = {},
): readonly Readonly<Record<string, unknown>>[] {
  const values = (fields: Readonly<Record<string, Field>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, change[name] ?? plausible(name, field)]));
  return connector.authentication.map((way) => ({
    name: "example",
    ...values(connector.settings),
    ...(connector.authentication.length === 1
      ? values(way.fields)
      : { authentication: { kind: way.kind, ...values(way.fields) } }),
  }));
}

/** The example of a secret is a description of it; a value of the usual form stands in here. */
function plausible(name: string, field: Field): string {
  return field.secret && name === "secretKey" ? "ab".repeat(32) : field.example;
}

/** Everything that check says of the inputs, as one text. */
export function saidOf(connector: ConnectorDescriptor, inputs: Readonly<Record<string, unknown>>): string {
  const { problems, warnings } = checkConnector(connector, inputs, undefined, {
    environment: () => undefined,
    now: () => new Date(0),
  });
  return [...problems.map(({ path, message }) => `${path}: ${message}`), ...warnings].join("\n");
}

/** What the field of that name of the connector of that type says to a value. */
export function judged(type: string, name: string, value: string) {
  const connector = connectorOfType(type);
  if (connector === undefined) throw new Error(`no ${type}`);
  return judge(fieldOf(connector, name), value);
}

/** Settings that are a bare host, each with a host that needs no remark. */
export const bareHostFields = [
  ["serviceNow", "instance", "contoso.service-now.com"],
  ["qualys", "apiServer", "qualysapi.qualys.eu"],
  ["rapid7", "endpoint", "us.api.insight.rapid7.com"],
  ["armis", "hostname", "contoso.armis.com"],
  ["dragos", "hostname", "ot.contoso.com"],
  ["forescout", "endpoint", "de.forescout.cloud"],
] as const;

/** Settings that are a base URL, each with such a host. */
export const urlFields = [
  ["wiz", "apiEndpoint", "api.us1.app.wiz.io"],
  ["prismaCloud", "endpoint", "api.prismacloud.io"],
  ["crowdStrike", "baseUrl", "api.crowdstrike.com"],
  ["sentinelOne", "apiUrl", "contoso.sentinelone.net"],
] as const;
