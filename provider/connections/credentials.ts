import type { ConnectorDescriptor } from "../core/connector/define";
import { authenticationOf, type ConnectorInputs, credentialFieldsOf, isReference } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import type { ConnectorContext } from "./context";
import type { Credentials } from "./model";

/** Values or references to what the service gets. References are resolved now, never earlier. */
export function resolveCredentials(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  { environment }: ConnectorContext,
): Credentials {
  const way = authenticationOf(descriptor, inputs);
  if (way === undefined)
    throw new MsemError("MSEM_FAULT", `${descriptor.className} has inputs without a way to sign in`);
  const given = credentialFieldsOf(descriptor, inputs);
  const fields: Record<string, string> = {};
  for (const name of Object.keys(way.fields)) {
    const value = given[name];
    if (typeof value === "string") fields[name] = value;
    else if (isReference(value)) {
      const resolved = environment(value.fromEnvironment);
      if (resolved === undefined || resolved === "") {
        throw new MsemError(
          "MSEM_INVALID",
          `${name}: the environment variable ${value.fromEnvironment} is not set in the provider process`,
          {
            hint: "Set it where `pulumi` runs.",
          },
        );
      }
      fields[name] = resolved;
    }
  }
  return { kind: way.kind, fields };
}
