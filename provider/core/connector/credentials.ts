/** Values or references to what a product gets. References are resolved when they are needed, never earlier. */
import { errorOf, MsemError } from "../errors";
import type { Field, ProductAccess } from "./define";
import {
  authenticationOf,
  credentialFieldsOf,
  isReference,
  type ResolveReference,
  type SecretReference,
} from "./inputs";

/** A credential in the clear. Never shown, never stored. */
export interface Credentials {
  /** Which way to sign in: `basic`, `oauth2`, `apiKey`, … */
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * @param resolve asked for each reference, one after the other
 * @throws MSEM_REFERENCE for what cannot be resolved, MSEM_INVALID for a secret that cannot be right
 */
export async function resolveCredentials(
  access: ProductAccess,
  inputs: Readonly<Record<string, unknown>>,
  resolve: ResolveReference,
): Promise<Credentials> {
  const way = authenticationOf(access, inputs);
  if (way === undefined) throw new MsemError("MSEM_FAULT", "these inputs have no way to sign in");
  const given = credentialFieldsOf(access, inputs);
  const fields: Record<string, string> = {};
  for (const [name, field] of Object.entries(way.fields)) {
    const value = given[name];
    if (typeof value === "string") fields[name] = value;
    else if (isReference(value)) fields[name] = await resolved(name, field, value, resolve);
  }
  return { kind: way.kind, fields };
}

/** What `check` could not see: the value itself. */
async function resolved(
  name: string,
  field: Field,
  reference: SecretReference,
  resolve: ResolveReference,
): Promise<string> {
  const value = await resolve(reference).catch((error: unknown) => {
    throw errorOf(name, error);
  });
  const judged = field.schema.safeParse(value);
  if (judged.success) return value;
  const problems = judged.error.issues.map(({ message }) => message).join("; ");
  const [kind] = Object.keys(reference);
  throw new MsemError("MSEM_INVALID", `${name}: what ${kind} gives ${problems}`, {
    hint: "Mend it where the secret is kept; nothing was sent.",
  });
}

/** Resolves each reference once: what is kept out of messages afterwards is just what was sent. */
export function remembering(resolve: ResolveReference): ResolveReference {
  const known = new Map<string, Promise<string>>();
  return (reference) => {
    const key = JSON.stringify(reference);
    const asked = known.get(key) ?? resolve(reference);
    known.set(key, asked);
    return asked;
  };
}
