/** Every connector: one line each, in the order of the catalog. */
import type { ConnectorDescriptor } from "../core/connector/define";
import { armis } from "./armis/connector";
import { crowdStrike } from "./crowdstrike/connector";
import { dragos } from "./dragos/connector";
import { forescout } from "./forescout/connector";
import { prismaCloud } from "./prismacloud/connector";
import { qualys } from "./qualys/connector";
import { rapid7 } from "./rapid7/connector";
import { sentinelOne } from "./sentinelone/connector";
import { serviceNow } from "./servicenow/connector";
import { tenable } from "./tenable/connector";
import { wiz } from "./wiz/connector";

/** All connectors. The folder of each is its `type` in lower case. */
export const connectors: readonly ConnectorDescriptor[] = [
  serviceNow,
  qualys,
  rapid7,
  tenable,
  wiz,
  prismaCloud,
  crowdStrike,
  sentinelOne,
  armis,
  dragos,
  forescout,
];

/** The descriptor of a Connection API connector type. */
export function connectorOfType(type: string): ConnectorDescriptor | undefined {
  return connectors.find((connector) => connector.type === type);
}
