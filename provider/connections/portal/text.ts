/** What a person reads: where to go, what to enter, how to say that it is done. Never a secret. */
import type { ConnectorDescriptor, PortalEntry } from "../../core/connector/define";
import type { AskedField } from "../../core/handOff";
import { type ActionRequired, confirmRow, enterRows, table } from "../../core/handOffText";

interface Page {
  readonly page: string;
  readonly url: string;
  /** What to press for a new connection. */
  readonly add: string;
  /** What to press when all is entered. */
  readonly finish: string;
}

/** From Microsoft's pages. How a connector is changed or removed there is not documented: see docs/portal.md. */
const pages: Readonly<Record<PortalEntry["page"], Page>> = {
  exposureManagement: {
    page: "Microsoft Defender portal > Exposure management > Data connectors",
    url: "https://security.microsoft.com/exposure-data-connectors",
    add: "Connect",
    finish: "Connect",
  },
  unified: {
    page: "Microsoft Defender portal > System > Data management > Data connectors > Unified connectors > Catalog",
    url: "https://security.microsoft.com/",
    add: "Add new instance",
    finish: "Next; leave MSEM (Microsoft Security Exposure Management) selected; Next; Connect",
  },
};

export function describeAction(
  descriptor: ConnectorDescriptor,
  action: "connect" | "change",
  fields: readonly AskedField[],
  { connection, resource }: Named,
): ActionRequired {
  const { page, url, add, finish } = pages[descriptor.portal.page];
  const { entry } = descriptor.portal;
  const known = fields.find(({ field }) => field === "name")?.was ?? connection;
  const first = action === "connect";
  const text = table(
    first
      ? `connect ${descriptor.displayName} by hand; until somebody has done it, nothing is connected`
      : `change ${descriptor.displayName} by hand; until somebody has done it, the connection is as it was`,
    [
      ["Open", `${page}, ${url}`],
      ["Choose", first ? `${entry}: ${add}` : `${entry}, the connector "${known}"`],
      ...enterRows(fields),
      ...(first ? ([["Finish", finish]] as const) : []),
      confirmRow(resource),
    ],
  );
  return { action, page, url, entry, fields, text };
}

interface Named {
  /** Name of the connection. */
  readonly connection: string;
  /** Logical name of the resource. */
  readonly resource: string;
}

/** @param confirmed whether anybody ever said that it is connected */
export function describeRemoval(
  descriptor: ConnectorDescriptor,
  { connection }: Pick<Named, "connection">,
  confirmed: boolean,
): string {
  const { page, url } = pages[descriptor.portal.page];
  const { entry } = descriptor.portal;
  const title = confirmed
    ? `disconnect ${descriptor.displayName} by hand; the stack forgets it now, the portal does not`
    : `nobody confirmed that ${descriptor.displayName} was connected; if it was, disconnect it by hand`;
  return table(title, [
    ["Open", `${page}, ${url}`],
    ["Choose", `${entry}, the connector "${connection}", and remove it`],
    ["Then", `revoke its credential at ${descriptor.vendor}, unless something else uses it`],
  ]);
}
