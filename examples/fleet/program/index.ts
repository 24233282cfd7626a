/** The program that every tenant gets. Whatever else your tenants have in common belongs here. */
import * as msem from "pulumi-msem";
import type { Tenant } from "../list.ts";
import { connect } from "./connectors.ts";

export function program({ endpoint, token, scope, connectors }: Tenant): Record<string, unknown> {
  // A provider of its own, and no stack configuration: where the tenant is stands in the list alone.
  const provider = new msem.Provider("tenant", {
    endpoint,
    ...(token === undefined ? {} : { token }),
    ...(scope === undefined ? {} : { scope }),
  });
  const connected = Object.entries(connectors).map(([name, settings]) => {
    return [name, connect(name, settings, { provider }).status] as const;
  });
  return { statuses: Object.fromEntries(connected) };
}
