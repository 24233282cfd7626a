/** What a connection needs to become what its inputs say. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { ConnectorDescriptor } from "../core/connector/define";
import { authenticationOf, type ConnectorInputs, credentialFieldsOf, settingsOf } from "../core/connector/inputs";
import { formatOwnership } from "../core/ownership";
import type { Connection, ConnectionChanges } from "./model";
import type { ConnectorState } from "./state";

/** The tags that the service should hold: the user's and ours. */
export function desiredTags(inputs: ConnectorInputs): Record<string, string> {
  return { ...inputs.tags, ...(inputs.owner === undefined ? {} : formatOwnership(inputs.owner)) };
}

/**
 * Everything but the credential. Undefined when nothing differs, neither from what is there nor from what was recorded:
 * what the program itself changed is sent even if it seems to be there, because a replica that lags may show a version
 * from before, and only a write (with the ETag of what was read) finds that out.
 */
export function changesTo(
  descriptor: ConnectorDescriptor,
  current: Connection,
  state: ConnectorState | undefined,
  inputs: ConnectorInputs,
): Omit<ConnectionChanges, "credentials"> | undefined {
  const desired = settingsOf(descriptor, inputs);
  const owned = desiredTags(inputs);
  const settings = mergePatch(current.settings, desired, state && settingsOf(descriptor, state));
  const tags = mergePatch(current.tags, owned, state && desiredTags(state));
  const renamed = current.name !== inputs.name || (state?.name ?? inputs.name) !== inputs.name;
  const described = [current, state ?? inputs].some((one) => (one.description ?? "") !== (inputs.description ?? ""));
  const changes = {
    ...(renamed ? { name: inputs.name } : {}),
    ...(described ? { description: inputs.description ?? null } : {}),
    ...(settings === undefined ? {} : { settings }),
    ...(tags === undefined ? {} : { tags }),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/**
 * True when the credential must be sent: it differs from the one that we applied last, its version was raised, someone
 * else replaced it, or the connection does not work. `state` is undefined when we never applied one.
 */
export function needsCredential(
  descriptor: ConnectorDescriptor,
  current: Connection,
  state: ConnectorState | undefined,
  inputs: ConnectorInputs,
): boolean {
  if (state === undefined) return true;
  if (current.status === "Failed" || current.status === "Disconnected") return true;
  if (current.credentialInfo.updatedDateTime !== state.credentialAppliedDateTime) return true;
  if (state.credentialVersion !== inputs.credentialVersion) return true;
  return !isDeepStrictEqual(credentialOf(descriptor, state), credentialOf(descriptor, inputs));
}

function credentialOf(descriptor: ConnectorDescriptor, inputs: ConnectorInputs): unknown {
  const way = authenticationOf(descriptor, inputs);
  const fields = credentialFieldsOf(descriptor, inputs);
  return [way?.kind, Object.keys(way?.fields ?? {}).map((name) => fields[name])];
}

/** RFC 7396 for a flat map: what differs from either, `null` for what must go; undefined when equal. */
function mergePatch(
  current: Readonly<Record<string, string>>,
  desired: Readonly<Record<string, string>>,
  recorded: Readonly<Record<string, string>> = desired,
): Record<string, string | null> | undefined {
  const patch: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(desired)) {
    if (current[key] !== value || recorded[key] !== value) patch[key] = value;
  }
  for (const key of Object.keys({ ...recorded, ...current })) if (!(key in desired)) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
