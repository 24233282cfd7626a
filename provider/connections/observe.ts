/** What is really there, told as inputs, so that drift shows per property. */
import type { ConnectorDescriptor } from "../core/connector/define";
import { type ConnectorInputs, credentialFieldsOf } from "../core/connector/inputs";
import type { Observed } from "../core/lifecycle";
import { userTags } from "../core/ownership";
import { look, requireType } from "./claims";
import type { ConnectorContext } from "./context";
import { describeFailure, describeHealth } from "./health";
import type { Connection, Tenant } from "./model";
import { toState, unproven } from "./outcome";
import { withoutSecretsOf } from "./redaction";
import type { ConnectorState } from "./state";
import { requireSameTenant } from "./tenant";

export async function observe(
  descriptor: ConnectorDescriptor,
  id: string,
  state: ConnectorState | undefined,
  context: ConnectorContext,
): Promise<Observed<ConnectorInputs, ConnectorState> | undefined> {
  const tenant = await context.client.tenant();
  if (state !== undefined) requireSameTenant(state.tenant, tenant);
  const connection = await look(id, state?.name, context);
  if (connection === undefined) return undefined;
  requireType(descriptor, connection);
  return describe(descriptor, state, connection, tenant, context);
}

/** What only a program or a state knows of a connection. */
export type Recorded = Readonly<Record<string, unknown>> &
  Partial<Pick<ConnectorState, "credentialAppliedDateTime" | "tags">>;

/**
 * A connection as inputs and state, with what was recorded of it: a refresh gives its state, an import what the program
 * will say (owner, references to secrets), so that the preview after it shows no change.
 */
export async function describe(
  descriptor: ConnectorDescriptor,
  state: Recorded | undefined,
  connection: Connection,
  tenant: Tenant,
  context: Pick<ConnectorContext, "resolve">,
): Promise<Observed<ConnectorInputs, ConnectorState>> {
  const applied = state?.credentialAppliedDateTime;
  const inputs: ConnectorInputs = {
    ...recordedInputs(descriptor, state),
    ...connection.settings,
    ...observedCredential(descriptor, state, connection),
    name: connection.name,
    ...optional("description", connection.description),
    ...optional("tags", observedTags(state, connection)),
    health: await shownHealth(descriptor, state, connection, context),
  };
  return { inputs, state: toState(inputs, connection, tenant, applied ?? connection.credentialInfo.updatedDateTime) };
}

/** Only the service's own words may hold a secret: for all else no reference is resolved. */
async function shownHealth(
  descriptor: ConnectorDescriptor,
  state: Recorded | undefined,
  connection: Connection,
  { resolve }: Pick<ConnectorContext, "resolve">,
): Promise<string> {
  const health = healthOf(connection, state?.credentialAppliedDateTime);
  if (describeFailure(connection) === undefined) return health;
  return withoutSecretsOf(descriptor, state ?? {}, health, resolve);
}

/** A refresh must not take an interrupted run for a success: what is unproven stays a difference until it is repaired. */
function healthOf(connection: Connection, applied: string | undefined): string {
  if (applied !== unproven) return describeHealth(connection, applied);
  return (
    describeFailure(connection) ?? "CredentialUnproven: the last run ended before the credential was known to work"
  );
}

/** Inputs that the service does not tell back: secrets, versions, owner. */
function recordedInputs(descriptor: ConnectorDescriptor, state: Recorded | undefined): Record<string, unknown> {
  if (state === undefined) return {};
  const names = ["owner", "credentialVersion", "adopt", "preflight", "authentication"];
  for (const way of descriptor.authentication) names.push(...Object.keys(way.fields));
  return Object.fromEntries(names.filter((name) => state[name] !== undefined).map((name) => [name, state[name]]));
}

/** The identifier is the half of a credential that drift can show by value. */
function observedCredential(
  descriptor: ConnectorDescriptor,
  state: Recorded | undefined,
  connection: Connection,
): Record<string, unknown> {
  const { kind, identifier } = connection.credentialInfo;
  const way = descriptor.authentication.find((one) => one.kind === kind);
  if (way?.identifier === undefined || identifier === undefined) return {};
  if (descriptor.authentication.length === 1) return { [way.identifier]: identifier };
  const recorded = state === undefined ? { kind } : { ...credentialFieldsOf(descriptor, state) };
  // Another way to sign in than recorded: `health` says that the credential was replaced.
  return recorded.kind === kind ? { authentication: { ...recorded, [way.identifier]: identifier } } : {};
}

/** No key at all where nobody ever asked for tags: an empty map would be a difference. */
function observedTags(state: Recorded | undefined, connection: Connection): Record<string, string> | undefined {
  const tags = userTags(connection.tags);
  return Object.keys(tags).length === 0 && state?.tags === undefined ? undefined : tags;
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: Value });
}
