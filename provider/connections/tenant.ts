import { MsemError } from "../core/errors";
import type { Tenant } from "./model";

/**
 * State belongs to one tenant. With another one every connection would look gone, and be recreated in the wrong place.
 * Ids decide where both are known (an endpoint may move); endpoints otherwise.
 *
 * @throws MSEM_OTHER_TENANT
 */
export function requireSameTenant(recorded: Tenant, present: Tenant): void {
  const same =
    recorded.id !== undefined && present.id !== undefined
      ? recorded.id === present.id
      : recorded.endpoint === present.endpoint;
  if (same) return;
  throw new MsemError(
    "MSEM_OTHER_TENANT",
    `this state belongs to ${describeTenant(recorded)}, the provider is configured for ${describeTenant(present)}; nothing was changed`,
    {
      hint: "Select the stack's own endpoint and token (msem:endpoint, msem:token), or give the other tenant a stack or a Provider of its own.",
    },
  );
}

function describeTenant(tenant: Tenant): string {
  return tenant.id === undefined ? `the endpoint ${tenant.endpoint}` : `tenant ${tenant.id} at ${tenant.endpoint}`;
}
