/** Whose connection it is: what we may change, take over, or must leave alone. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import { describeOwner, parseOwnership, sameOwner } from "../core/ownership";
import type { ConnectorContext } from "./context";
import type { Connection } from "./model";
import type { ConnectorState } from "./state";

/** Looks at a connection that is listed but not found; 250 ms, then 500, then 1,000. */
const looks = 3;

/**
 * The connection, or undefined when it is gone for certain. "Gone" makes state forget it, and a replica that lags says
 * the same of one that is there: so the list is asked too, by the name that it had last.
 *
 * @param name undefined for one that we never recorded: then its id alone decides.
 * @throws MSEM_NOT_FOUND when it stays listed and not found.
 */
export async function look(
  id: string,
  name: string | undefined,
  { client }: Pick<ConnectorContext, "client">,
): Promise<Connection | undefined> {
  const connection = await client.get(id);
  if (connection !== undefined || name === undefined || !(await isListed(id, name, client))) return connection;
  for (let turn = 0; turn < looks; turn++) {
    await sleep(250 * 2 ** turn);
    const found = await client.get(id);
    if (found !== undefined) return found;
  }
  // It may have gone since the list was read.
  if (!(await isListed(id, name, client))) return undefined;
  throw new MsemError("MSEM_NOT_FOUND", `connection "${name}" (${id}) is listed, but not found by its id`, {
    connectionId: id,
    hint: "The service contradicts itself, so nothing was changed or forgotten. Run the same command again later.",
  });
}

async function isListed(id: string, name: string, client: ConnectorContext["client"]): Promise<boolean> {
  for await (const connection of client.list({ name })) if (connection.id === id) return true;
  return false;
}

/** A name conflict converges on our own object, and on anyone's with `adopt`; else it names the owner. */
export async function requireClaim(
  descriptor: ConnectorDescriptor,
  holderId: string,
  inputs: ConnectorInputs,
  { client, warn }: ConnectorContext,
): Promise<void> {
  const holder = await client.get(holderId);
  if (holder === undefined) {
    throw new MsemError("MSEM_CONFLICT", `the name "${inputs.name}" was taken a moment ago and is free again`, {
      hint: "Run the same command again.",
    });
  }
  requireType(descriptor, holder);
  const owner = parseOwnership(holder.tags);
  if (sameOwner(owner, inputs.owner)) return;
  if (inputs.adopt === true) {
    warn(`'${inputs.name}': took over connection ${holder.id}, which belonged to ${describeOwner(owner)}`);
    return;
  }
  throw new MsemError(
    "MSEM_NOT_OWNED",
    `a ${descriptor.displayName} connection named "${holder.name}" exists already (${holder.id}) and belongs to ${describeOwner(owner)}`,
    {
      hint: "Choose another name, or set adopt: true to take it over with its settings and credential.",
    },
  );
}

/** Someone else took the connection over since we wrote it. */
export function requireOurs(current: Connection, state: ConnectorState | undefined, inputs: ConnectorInputs): void {
  const owner = parseOwnership(current.tags);
  if (state === undefined || owner === undefined || inputs.adopt === true) return;
  if (sameOwner(owner, inputs.owner) || sameOwner(owner, state.owner)) return;
  throw new MsemError(
    "MSEM_NOT_OWNED",
    `connection "${current.name}" (${current.id}) now belongs to ${describeOwner(owner)}; nothing was changed`,
    {
      hint: "Remove it from one of the two programs, or set adopt: true to take it back.",
    },
  );
}

export function requireType(descriptor: ConnectorDescriptor, connection: Connection): void {
  if (connection.connectorType === descriptor.type) return;
  throw new MsemError(
    "MSEM_NOT_OWNED",
    `connection "${connection.name}" (${connection.id}) is of type ${connection.connectorType}, not ${descriptor.type}`,
    {
      hint: `Use the class of that type, or another name or id for ${descriptor.className}.`,
    },
  );
}

/** A create whose answer was lost may have happened: look once. When that fails too, the next run converges by name. */
export async function findOurs(inputs: ConnectorInputs, { client }: ConnectorContext): Promise<string | undefined> {
  try {
    for await (const connection of client.list({ name: inputs.name })) {
      if (sameOwner(parseOwnership(connection.tags), inputs.owner)) return connection.id;
    }
  } catch (error) {
    if (!(error instanceof MsemError)) throw error;
  }
  return undefined;
}

export function gone(id: string, inputs: ConnectorInputs): MsemError {
  return new MsemError("MSEM_NOT_FOUND", `connection "${inputs.name}" (${id}) no longer exists`, {
    hint: "Run `pulumi up --refresh`: it notices that and connects it anew.",
  });
}
