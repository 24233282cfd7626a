/** A service may echo what it was sent. No secret that we know of leaves in a reason. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // Longest first, so that a secret inside another one leaves no remains.
  return [...secrets].sort((a, b) => b.length - a.length).reduce((left, one) => left.replaceAll(one, "[secret]"), text);
}
