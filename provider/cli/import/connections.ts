/** Connections of a tenant as resources of a program, or why one cannot be. */

import type { Connection, ConnectionsClient, Tenant } from "../../connections/model";
import { describe } from "../../connections/observe";
import { checkConnector } from "../../core/connector/check";
import type { Authentication, ConnectorDescriptor } from "../../core/connector/define";
import { hasAuthenticationUnion } from "../../core/connector/define";
import { healthy, type ResolveReference } from "../../core/connector/inputs";
import { describeOwner, type Owner, parseOwnership } from "../../core/ownership";
import { connectorOfType } from "../../vendors";
import { type Code, literal } from "./code";
import { type CredentialNames, signIn } from "./credentials";
import type { Found, Skipped, Sorted } from "./model";
import { camelCase, logicalName, type TakeName } from "./names";
import type { Home } from "./stack";

/** What all connections of a run have in common. */
export interface ConnectionSurroundings {
  readonly client: Pick<ConnectionsClient, "tenant">;
  readonly home: Home;
  readonly credentials: CredentialNames;
  readonly takeIdentifier: TakeName;
  /** Also those that belong to another stack. */
  readonly adopt: boolean;
  readonly resolve: ResolveReference;
}

/** In the order of their names, so that two runs give the same files. */
export async function sortConnections(
  connections: readonly Connection[],
  surroundings: ConnectionSurroundings,
): Promise<Sorted> {
  const tenant = await surroundings.client.tenant();
  const found: Found[] = [];
  const skipped: Skipped[] = [];
  // First what this stack has made and lost: its names must not be taken by what merely looks alike.
  const sorted = connections.toSorted(byName);
  const owned = sorted.filter(({ tags }) => parseOwnership(tags) !== undefined);
  for (const connection of new Set([...owned, ...sorted])) {
    const one = await sortOne(connection, tenant, surroundings);
    if ("reason" in one) skipped.push({ name: connection.name, kind: connection.connectorType, ...one });
    else found.push(one);
  }
  return { found, skipped };
}

function byName(a: Connection, b: Connection): number {
  const [left, right] = [a, b].map(({ name, id }) => `${name.toLowerCase()}\0${id}`) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

type Reason = Pick<Skipped, "reason" | "attention">;

async function sortOne(
  connection: Connection,
  tenant: Tenant,
  surroundings: ConnectionSurroundings,
): Promise<Found | Reason> {
  const { home, takeIdentifier, adopt } = surroundings;
  const unfit = (reason: string): Reason => ({ reason, attention: true });
  const descriptor = connectorOfType(connection.connectorType);
  if (descriptor === undefined) return unfit(`this release has no class for "${connection.connectorType}"`);
  const { kind } = connection.credentialInfo;
  const way = descriptor.authentication.find((one) => one.kind === kind);
  if (way === undefined) return unfit(`signs in by "${kind}", which ${descriptor.className} does not know`);
  const present = home.holderOf(connection.id);
  if (present !== undefined) return { reason: `is in the stack already, as '${present}'`, attention: false };
  const problems = problemsOf(descriptor, way, connection);
  if (problems.length > 0) return unfit(problems.join("; "));
  const owner = parseOwnership(connection.tags);
  const recovered = owner !== undefined && home.recover(descriptor.className, owner);
  if (owner !== undefined && !recovered && !adopt) {
    return unfit(`belongs to ${describeOwner(owner)}; --adopt takes it over`);
  }
  const name = recovered ? owner.name : home.takeName(descriptor.className, logicalName(connection.name));
  const identifier = takeIdentifier(camelCase(name, descriptor.type));
  return declare(
    { connection, tenant, descriptor, way, name, identifier, adopted: owner !== undefined && !recovered },
    surroundings,
  );
}

interface Draft {
  readonly connection: Connection;
  readonly tenant: Tenant;
  readonly descriptor: ConnectorDescriptor;
  readonly way: Authentication;
  readonly name: string;
  readonly identifier: string;
  readonly adopted: boolean;
}

async function declare(draft: Draft, surroundings: ConnectionSurroundings): Promise<Found> {
  const { connection, tenant, descriptor, way, name, identifier, adopted } = draft;
  const { home, credentials } = surroundings;
  const { args, recorded, needs } = signIn(descriptor, way, shownFields(way, connection), identifier, credentials);
  const owner: Owner = { project: home.project, stack: home.stack, name };
  const known = { ...recorded, owner, ...(adopted ? { adopt: true } : {}) };
  const { inputs, state } = await describe(descriptor, known, connection, tenant, surroundings);
  const { description, tags } = inputs;
  const program: Record<string, Code> = {
    ...(connection.name === name ? {} : { name: literal(connection.name) }),
    ...(literal(connection.settings) as Record<string, Code>),
    ...args,
    ...(description === undefined ? {} : { description: literal(description) }),
    ...(tags === undefined ? {} : { tags: literal(tags) }),
    ...(adopted ? { adopt: literal(true) } : {}),
  };
  return {
    className: descriptor.className,
    identifier,
    logicalName: name,
    id: connection.id,
    args: program,
    inputs: { ...inputs },
    outputs: { ...state },
    needs,
    note: inputs.health === healthy ? state.status : inputs.health,
    attention: inputs.health !== healthy,
  };
}

/** Of a credential, the service tells the half that may be shown. */
function shownFields({ identifier }: Authentication, { credentialInfo }: Connection): Record<string, string> {
  const value = credentialInfo.identifier;
  return identifier === undefined || value === undefined ? {} : { [identifier]: value };
}

/** What the resource's own check would refuse, whatever the credential is. */
function problemsOf(descriptor: ConnectorDescriptor, way: Authentication, connection: Connection): string[] {
  const { name, description, settings } = connection;
  const shown = shownFields(way, connection);
  const credential = Object.fromEntries(
    Object.entries(way.fields).map(([field, { secret, example }]) => [
      field,
      secret ? { fromEnvironment: "ANY" } : (shown[field] ?? example),
    ]),
  );
  const access = hasAuthenticationUnion(descriptor)
    ? { authentication: { kind: way.kind, ...credential } }
    : credential;
  const given = { name, description, ...settings, ...access };
  const surroundings = { environment: () => "any", now: () => new Date() };
  return checkConnector(descriptor, given, undefined, surroundings).problems.map(
    ({ path, message }) => `${path}: ${message}`,
  );
}
