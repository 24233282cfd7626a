import type { ProductAccess } from "../core/connector/define";
import { type ResolveReference, referencesOf, secretValuesOf } from "../core/connector/inputs";

/**
 * A text of the service about a connection, as it may be shown and stored. References are resolved for it, because it
 * may hold what they stand for; one that cannot be resolved now hides nothing.
 */
export async function withoutSecretsOf(
  access: ProductAccess,
  inputs: Readonly<Record<string, unknown>>,
  text: string,
  resolve: ResolveReference,
): Promise<string> {
  const resolved = await Promise.allSettled(referencesOf(access, inputs).map(resolve));
  const values = resolved.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return withoutSecrets(text, [...secretValuesOf(access, inputs), ...values]);
}

/** A service may echo what it was sent. No secret that we know of leaves in a reason. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // Longest first, so that a secret inside another one leaves no remains.
  return [...secrets].sort((a, b) => b.length - a.length).reduce((left, one) => left.replaceAll(one, "[secret]"), text);
}
