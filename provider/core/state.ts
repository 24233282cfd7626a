/** What all states have in common: a version, so that every shape that was ever written stays readable. */
import { MsemError } from "./errors";

/**
 * Reads state of any version, or nothing: a look-up by id (`X.get`) and an import without outputs have none.
 *
 * @param latest the version that this release writes; raise it with an upgrade step and a fixture of the version before
 * @throws MSEM_FAULT when a newer release wrote it
 */
export function readVersioned<State>(raw: Readonly<Record<string, unknown>>, latest: number): State | undefined {
  const version = raw.stateVersion;
  if (version === undefined) return undefined;
  if (typeof version !== "number" || version > latest) {
    throw new MsemError(
      "MSEM_FAULT",
      `this state has version ${String(version)}, this release of pulumi-msem reads up to ${latest}`,
      { hint: "A newer release wrote it: install that release or a later one." },
    );
  }
  return raw as State;
}
