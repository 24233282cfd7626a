/** Renders the tables of `docs/permissions.md`. */
import type { TargetDescriptor } from "../../provider/core/allowlist/target.ts";
import type { ConnectorDescriptor } from "../../provider/core/connector/define.ts";
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
): string {
  return [
    "| Product | The connector needs | Its allowlist needs |",
    "|---|---|---|",
    ...connectors.map(({ displayName, prerequisites, vendor }) => {
      const own = targets.filter((target) => target.vendor === vendor);
      const allowlist = own.flatMap((target) => target.prerequisites);
      return row([displayName, prerequisites.join("<br>"), allowlist.length === 0 ? "no API" : allowlist.join("<br>")]);
    }),
  ].join("\n");
}
