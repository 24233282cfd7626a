/** What classes and docs both need to know of a descriptor: names, order of the fields, the example. */
import type { Authentication, ConnectorDescriptor, Field } from "../../provider/core/connector/define.ts";

/** Name of the class's file and of the vendor's folder. */
export function fileNameOf(connector: ConnectorDescriptor): string {
  return connector.type.toLowerCase();
}

export function isUnion(connector: ConnectorDescriptor): boolean {
  return connector.authentication.length > 1;
}

/** Settings, then (without a union) the credential's fields: the arguments of the class, in the order of the pane. */
export function flatFields(connector: ConnectorDescriptor): readonly (readonly [string, Field])[] {
  const settings = Object.entries(connector.settings);
  return isUnion(connector) ? settings : [...settings, ...Object.entries(connector.authentication[0].fields)];
}

/** `ServiceNowOAuth2Authentication`. */
export function authenticationName(connector: ConnectorDescriptor, way: Authentication): string {
  const kind = way.kind === "oauth2" ? "OAuth2" : capital(way.kind);
  return `${connector.className.replace(/Connector$/, "")}${kind}Authentication`;
}

/** The key of a secret in the stack's configuration, as the examples name it: `qualysPassword`. */
export function configurationKey(connector: ConnectorDescriptor, field: string): string {
  return `${connector.type}${capital(field)}`;
}

/**
 * A whole program with one connector.
 *
 * @param way the way to sign in that it shows
 */
export function exampleProgram(connector: ConnectorDescriptor, way: Authentication): string {
  const credential = Object.entries(way.fields).map(
    ([name, field]) => `${name}: ${exampleValue(connector, name, field)},`,
  );
  const settings = Object.entries(connector.settings).map(
    ([name, field]) => `${name}: ${exampleValue(connector, name, field)},`,
  );
  const signIn = isUnion(connector)
    ? ["authentication: {", `  kind: "${way.kind}",`, ...credential.map((line) => `  ${line}`), "},"]
    : credential;
  return [
    'import * as pulumi from "@pulumi/pulumi";',
    'import * as msem from "pulumi-msem";',
    "",
    "const config = new pulumi.Config();",
    "",
    `const ${connector.type} = new msem.${connector.className}("${connector.type.toLowerCase()}", {`,
    ...[...settings, ...signIn].map((line) => `  ${line}`),
    "});",
    "",
    `export const status = ${connector.type}.status;`,
  ].join("\n");
}

function exampleValue(connector: ConnectorDescriptor, name: string, field: Field): string {
  return field.secret ? `config.requireSecret("${configurationKey(connector, name)}")` : JSON.stringify(field.example);
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
