/** Renders the tables of `docs/permissions.md`. */

import type { ConnectorDescriptor } from "../../provider/core/connector/define.ts";
import type { IngestionSource } from "../../provider/core/ingestion.ts";
import type { TargetDescriptor } from "../../provider/core/targets/target.ts";
import { row } from "./docs.ts";

/** One of the five roles, as `connections/roles.ts` has them. */
export interface Role {
  readonly displayName: string;
  readonly id: string;
  readonly access: "read" | "write";
}

export function renderRoleTable(roles: readonly Role[]): string {
  return [
    "| Role | Connect, change, disconnect | View | Template id (`wids`) |",
    "|---|---|---|---|",
    ...roles.map(({ displayName, id, access }) =>
      row([displayName, access === "write" ? "yes" : "no", "yes", `\`${id}\``]),
    ),
  ].join("\n");
}

export function renderVendorPermissions(
  connectors: readonly ConnectorDescriptor[],
  targets: readonly TargetDescriptor[],
  sources: readonly IngestionSource[],
): string {
  return [
    "| Product | The connector needs | Its allowlist needs | Its data is told by |",
    "|---|---|---|---|",
    ...connectors.map(({ type, displayName, prerequisites, vendor }) => {
      const own = targets.filter((target) => target.vendor === vendor);
      const allowlist = own.flatMap((target) => target.prerequisites);
      const evidence = sources.find((source) => source.type === type)?.evidence;
      return row([
        displayName,
        prerequisites.join("<br>"),
        allowlist.length === 0 ? "no API" : allowlist.join("<br>"),
        evidence === undefined ? "not verifiable" : `its ${evidence}s`,
      ]);
    }),
  ].join("\n");
}
