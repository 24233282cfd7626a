/** A connector's inputs as the fields of its pane, and which of them have changed. Pure. */
import { isDeepStrictEqual } from "node:util";
import { type ConnectorDescriptor, type Field, hasAuthenticationUnion } from "../../core/connector/define";
import {
  authenticationOf,
  credentialFieldsOf,
  isReference,
  type SecretReference,
  settingsOf,
} from "../../core/connector/inputs";
import type { WantedField } from "../../core/handOff";
import type { HandOffInputs } from "./state";

/** The pane in its order: name, way to sign in, settings, credential. */
export function paneFields(descriptor: ConnectorDescriptor, inputs: HandOffInputs): WantedField[] {
  const settings = settingsOf(descriptor, inputs);
  const way = authenticationOf(descriptor, inputs);
  const credential = credentialFieldsOf(descriptor, inputs);
  const show = (path: string, field: Field, value: unknown): WantedField => {
    const hidden = field.secret || secretPaths(path).some((one) => inputs.secretsFrom?.[one] !== undefined);
    return hidden
      ? { field: path, label: field.displayName, from: sourceOf(path, value, inputs) }
      : { field: path, label: field.displayName, value: String(value ?? "") };
  };
  return [
    nameField(descriptor, inputs.name),
    ...(way !== undefined && hasAuthenticationUnion(descriptor)
      ? [{ field: "authentication.kind", label: "Authentication", value: way.displayName }]
      : []),
    ...Object.entries(descriptor.settings).map(([name, field]) => show(name, field, settings[name])),
    ...Object.entries(way?.fields ?? {}).map(([name, field]) =>
      show(pathOf(descriptor, name), field, credential[name]),
    ),
  ];
}

/** What a program keeps secret as a whole is secret in each of its parts. */
function secretPaths(path: string): string[] {
  return path.startsWith("authentication.") ? [path, "authentication"] : [path];
}

/** Microsoft's pages name this field for the unified catalog only. */
function nameField({ portal }: ConnectorDescriptor, value: string): WantedField {
  const plain = { field: "name", label: "Connector name", value };
  return portal.page === "unified" ? plain : { ...plain, note: "if the pane asks for one" };
}

function pathOf(descriptor: ConnectorDescriptor, credentialField: string): string {
  return hasAuthenticationUnion(descriptor) ? `authentication.${credentialField}` : credentialField;
}

function sourceOf(path: string, value: unknown, { secretsFrom }: HandOffInputs): string {
  if (isReference(value)) return describeReference(value);
  const key = secretsFrom?.[path];
  return key === undefined || key === ""
    ? `the argument ${path} of the program`
    : `the secret ${key} of the stack's configuration`;
}

function describeReference(reference: SecretReference): string {
  if ("fromEnvironment" in reference) return `the environment variable ${reference.fromEnvironment}`;
  if ("fromKeyVault" in reference) return `Key Vault, ${reference.fromKeyVault}`;
  if ("fromFile" in reference) return `the file ${reference.fromFile}`;
  // Not its arguments: a person finds them in the program, and a log is no place for a whole command line.
  return `what the command ${reference.fromCommand[0]} prints`;
}

/**
 * Fields whose value differs. Of a secret by reference only the reference can be compared: a raised
 * `credentialVersion` says that what it leads to is new, and so is every secret of the connector then.
 */
export function changedFields(
  descriptor: ConnectorDescriptor,
  before: HandOffInputs,
  after: HandOffInputs,
): ReadonlySet<string> {
  const changed = new Set<string>();
  if (before.name !== after.name) changed.add("name");
  const [settingsBefore, settingsAfter] = [settingsOf(descriptor, before), settingsOf(descriptor, after)];
  for (const name of Object.keys(descriptor.settings)) {
    if (settingsBefore[name] !== settingsAfter[name]) changed.add(name);
  }
  const way = authenticationOf(descriptor, after);
  const otherWay = authenticationOf(descriptor, before)?.kind !== way?.kind;
  if (otherWay) changed.add("authentication.kind");
  const renewed = before.credentialVersion !== after.credentialVersion;
  const [credentialBefore, credentialAfter] = [
    credentialFieldsOf(descriptor, before),
    credentialFieldsOf(descriptor, after),
  ];
  for (const [name, field] of Object.entries(way?.fields ?? {})) {
    const differs = !isDeepStrictEqual(credentialBefore[name], credentialAfter[name]);
    if (otherWay || differs || (renewed && field.secret)) changed.add(pathOf(descriptor, name));
  }
  return changed;
}
