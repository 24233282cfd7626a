/** From the portal to a service: what a person connected by hand becomes this stack's, in place. */
import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs } from "../core/connector/inputs";
import { parseOwnership } from "../core/ownership";
import { requireType } from "./claims";
import type { ConnectorContext } from "./context";
import { connectorLifecycle, settleInto } from "./lifecycle";
import type { Connection } from "./model";
import { nameInPortal } from "./portal/lifecycle";
import type { HandOffState } from "./portal/state";
import type { ConnectorState } from "./state";

/**
 * A confirmed hand-off is the person's word that the connection of that name was made for this stack: one that nobody
 * else owns is taken over. Anything else goes the way of a create: made when it is not there, and claimed by the same
 * rules as any name that is taken.
 */
export async function takeOver(
  descriptor: ConnectorDescriptor,
  state: HandOffState,
  inputs: ConnectorInputs,
  context: ConnectorContext,
): Promise<ConnectorState> {
  const made = state.confirmedDateTime === null ? undefined : await byName(nameInPortal(state), context);
  if (made === undefined || parseOwnership(made.tags) !== undefined) {
    return (await connectorLifecycle(descriptor).ensure(inputs, context)).state;
  }
  requireType(descriptor, made);
  context.warn(`'${inputs.owner?.name ?? inputs.name}': took over connection ${made.id}, which was made in the portal`);
  return settleInto(descriptor, made.id, inputs, context);
}

async function byName(name: string, { client }: ConnectorContext): Promise<Connection | undefined> {
  for await (const connection of client.list({ name })) {
    if (connection.name.toLowerCase() === name.toLowerCase()) return connection;
  }
  return undefined;
}
