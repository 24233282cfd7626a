/** Every pre-flight: one line each, in the order of the catalog. */
import { MsemError } from "../core/errors";
import { armisPreflight } from "./armis/preflight";
import { crowdStrikePreflight } from "./crowdstrike/preflight";
import { dragosPreflight } from "./dragos/preflight";
import { forescoutPreflight } from "./forescout/preflight";
import type { PreflightDefinition } from "./preflight";
import { prismaCloudPreflight } from "./prismacloud/preflight";
import { qualysPreflight } from "./qualys/preflight";
import { rapid7Preflight } from "./rapid7/preflight";
import { sentinelOnePreflight } from "./sentinelone/preflight";
import { serviceNowPreflight } from "./servicenow/preflight";
import { tenablePreflight } from "./tenable/preflight";
import { wizPreflight } from "./wiz/preflight";

export const preflights: readonly PreflightDefinition[] = [
  serviceNowPreflight,
  qualysPreflight,
  rapid7Preflight,
  tenablePreflight,
  wizPreflight,
  prismaCloudPreflight,
  crowdStrikePreflight,
  sentinelOnePreflight,
  armisPreflight,
  dragosPreflight,
  forescoutPreflight,
];

/** @throws MSEM_FAULT for a type that no connector has */
export function preflightOf(type: string): PreflightDefinition {
  const found = preflights.find(({ connector }) => connector.type === type);
  if (found === undefined) throw new MsemError("MSEM_FAULT", `there is no pre-flight for "${type}"`);
  return found;
}
