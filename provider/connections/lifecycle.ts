/**
 * The life of every connector: one lifecycle, eleven descriptors. Observed state is the baseline; what is stored is a
 * hint. A repeat converges: also after a crash between creating a connection and writing its state.
 */
import { checkConnector } from "../core/connector/check";
import type { ConnectorDescriptor } from "../core/connector/define";
import { type ConnectorInputs, settingsOf } from "../core/connector/inputs";
import { MsemError, PartialFailure } from "../core/errors";
import type { Lifecycle } from "../core/lifecycle";
import { describeOwner, parseOwnership, sameOwner } from "../core/ownership";
import { changesTo, desiredTags, needsCredential } from "./changes";
import { gone, requireClaim, requireOurs, requireType } from "./claims";
import type { ConnectorContext } from "./context";
import { resolveCredentials } from "./credentials";
import { describeFailure } from "./health";
import type { Connection, Tenant } from "./model";
import { observe } from "./observe";
import { bare, failure, keepingWhatExists, settle, toState } from "./outcome";
import type { ConnectorState } from "./state";
import { requireSameTenant } from "./tenant";

/** Attempts of read, compare, write when someone else writes at the same time. */
const writeAttempts = 4;

export type ConnectorLifecycle = Lifecycle<ConnectorInputs, ConnectorState, ConnectorContext>;

export function connectorLifecycle(descriptor: ConnectorDescriptor): ConnectorLifecycle {
  return {
    check: (inputs, previous, surroundings) => checkConnector(descriptor, inputs, previous, surroundings),
    // Everything but the connector's type can be patched, and the type is the class.
    replaces: () => [],
    observe: (id, state, context) => observe(descriptor, id, state, context),
    ensure: (inputs, context) => ensure(descriptor, inputs, context),
    sync: async (id, state, inputs, context) => {
      requireSameTenant(state.tenant, await context.client.tenant());
      return sync(descriptor, id, state, inputs, context);
    },
    remove: (id, state, context) => remove(id, state, context),
  };
}

async function ensure(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  context: ConnectorContext,
): Promise<{ id: string; state: ConnectorState }> {
  const credentials = resolveCredentials(descriptor, inputs, context);
  const tenant = await context.client.tenant();
  const draft = {
    name: inputs.name,
    connectorType: descriptor.type,
    settings: settingsOf(descriptor, inputs),
    credentials,
    ...(inputs.description === undefined ? {} : { description: inputs.description }),
    tags: desiredTags(inputs),
  };
  try {
    const outcome = await context.client.create(draft);
    if (outcome.kind === "created") {
      return {
        id: outcome.connection.id,
        state: settle(
          descriptor,
          inputs,
          outcome.connection,
          tenant,
          outcome.connection.credentialInfo.updatedDateTime,
        ),
      };
    }
    return await converge(descriptor, outcome.holderId, inputs, context);
  } catch (error) {
    throw await keepingWhatExists(descriptor, error, inputs, tenant, context);
  }
}

/** The name is taken: by ourselves, after a crash before state was written, or by someone whose object we may adopt. */
async function converge(
  descriptor: ConnectorDescriptor,
  holderId: string,
  inputs: ConnectorInputs,
  context: ConnectorContext,
): Promise<{ id: string; state: ConnectorState }> {
  await requireClaim(descriptor, holderId, inputs, context);
  return { id: holderId, state: await sync(descriptor, holderId, undefined, inputs, context) };
}

/** Read, compare, write; again when someone else wrote in between. */
async function sync(
  descriptor: ConnectorDescriptor,
  id: string,
  state: ConnectorState | undefined,
  inputs: ConnectorInputs,
  context: ConnectorContext,
): Promise<ConnectorState> {
  const { client } = context;
  const tenant = await client.tenant();
  for (let attempt = 1; ; attempt++) {
    const current = await client.get(id);
    if (current === undefined) throw gone(id, inputs);
    requireType(descriptor, current);
    requireOurs(current, state, inputs);
    const credentials = needsCredential(descriptor, current, state, inputs)
      ? resolveCredentials(descriptor, inputs, context)
      : undefined;
    const changes = changesTo(descriptor, current, inputs);
    if (changes === undefined && credentials === undefined) {
      return settle(
        descriptor,
        inputs,
        current,
        tenant,
        state?.credentialAppliedDateTime ?? current.credentialInfo.updatedDateTime,
      );
    }
    try {
      const changed = await client.update(id, current.etag, {
        ...changes,
        ...(credentials === undefined ? {} : { credentials }),
      });
      if (changed === undefined) throw gone(id, inputs);
      if (credentials === undefined) {
        return settle(
          descriptor,
          inputs,
          changed,
          tenant,
          state?.credentialAppliedDateTime ?? changed.credentialInfo.updatedDateTime,
        );
      }
      return await prove(descriptor, inputs, changed, tenant, context);
    } catch (error) {
      if (error instanceof MsemError && error.code === "MSEM_PRECONDITION" && attempt < writeAttempts) continue;
      throw error;
    }
  }
}

/** A rotated credential counts as applied when the service has tested it: stored and unused is what users suffer from. */
async function prove(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  changed: Connection,
  tenant: Tenant,
  { client }: ConnectorContext,
): Promise<ConnectorState> {
  const applied = changed.credentialInfo.updatedDateTime;
  const failed = describeFailure(changed);
  if (failed !== undefined) return settle(descriptor, inputs, changed, tenant, applied);
  try {
    const result = await client.test(changed.id);
    if (!result.succeeded) {
      const reason = `${result.code ?? "Failed"}: ${result.message ?? "the service gives no reason"}`;
      throw failure(descriptor, inputs, { ...changed, status: "Failed" }, tenant, applied, reason);
    }
    return settle(descriptor, inputs, (await client.get(changed.id)) ?? changed, tenant, applied);
  } catch (error) {
    if (error instanceof PartialFailure || !(error instanceof MsemError)) throw error;
    throw new PartialFailure(
      changed.id,
      toState(inputs, changed, tenant, applied),
      error.code,
      `the credential was changed, but its test did not end: ${bare(error)}`,
      error.details,
    );
  }
}

async function remove(id: string, state: ConnectorState, { client, warn }: ConnectorContext): Promise<void> {
  requireSameTenant(state.tenant, await client.tenant());
  for (let attempt = 1; ; attempt++) {
    const current = await client.get(id);
    if (current === undefined) return;
    const owner = parseOwnership(current.tags);
    if (owner !== undefined && state.owner !== undefined && !sameOwner(owner, state.owner)) {
      warn(`'${state.name}': left connection ${id} alone, it now belongs to ${describeOwner(owner)}`);
      return;
    }
    try {
      await client.remove(id, current.etag);
      return;
    } catch (error) {
      if (error instanceof MsemError && error.code === "MSEM_PRECONDITION" && attempt < writeAttempts) continue;
      throw error;
    }
  }
}
