/** Every pre-flight: one line each. */
import { MsemError } from "../core/errors";
import type { PreflightDefinition } from "./preflight";
import { rapid7Preflight } from "./rapid7/preflight";

export const preflights: readonly PreflightDefinition[] = [rapid7Preflight];

/** @throws MSEM_FAULT for a type that no connector has */
export function preflightOf(type: string): PreflightDefinition {
  const found = preflights.find(({ connector }) => connector.type === type);
  if (found === undefined) throw new MsemError("MSEM_FAULT", `there is no pre-flight for "${type}"`);
  return found;
}
