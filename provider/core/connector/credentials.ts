/** Values or references to what a product gets. References are resolved when they are needed, never earlier. */
import { MsemError } from "../errors";
import type { ProductAccess } from "./define";
import { authenticationOf, credentialFieldsOf, isReference } from "./inputs";

/** A credential in the clear. Never shown, never stored. */
export interface Credentials {
  /** Which way to sign in: `basic`, `oauth2`, `apiKey`, … */
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws MSEM_INVALID when a variable that a reference names is not set */
export function resolveCredentials(
  access: ProductAccess,
  inputs: Readonly<Record<string, unknown>>,
  environment: (name: string) => string | undefined,
): Credentials {
  const way = authenticationOf(access, inputs);
  if (way === undefined) throw new MsemError("MSEM_FAULT", "these inputs have no way to sign in");
  const given = credentialFieldsOf(access, inputs);
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
          { hint: "Set it where `pulumi` runs." },
        );
      }
      fields[name] = resolved;
    }
  }
  return { kind: way.kind, fields };
}
