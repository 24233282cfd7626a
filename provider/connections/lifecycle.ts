/**
 * The life of every connector: one lifecycle, eleven descriptors. Observed state is the baseline; what is stored is a
 * hint. A repeat converges: also after a crash between creating a connection and writing its state.
 */
import { checkConnector } from "../core/connector/check";
import { remembering, resolveCredentials } from "../core/connector/credentials";
import type { ConnectorDescriptor } from "../core/connector/define";
import { type ConnectorInputs, settingsOf } from "../core/connector/inputs";
import { MsemError, PartialFailure } from "../core/errors";
import type { Lifecycle } from "../core/lifecycle";
import { describeOwner, parseOwnership, sameOwner } from "../core/ownership";
import { changesTo, desiredTags, needsCredential } from "./changes";
import { gone, look, requireClaim, requireOurs, requireType } from "./claims";
import type { ConnectorContext } from "./context";
import { describeFailure } from "./health";
import type { Connection, Tenant } from "./model";
import { observe } from "./observe";
import { bare, failure, keepingWhatExists, settle, toState, unproven } from "./outcome";
import { preflight } from "./preflight";
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
    ensure: async (inputs, context) => {
      await preflight(descriptor, inputs, context);
      return ensure(descriptor, inputs, ofOneRun(context));
    },
    sync: async (id, state, inputs, context) => {
      await preflight(descriptor, inputs, context);
      requireSameTenant(state.tenant, await context.client.tenant());
      return sync(descriptor, id, state, inputs, ofOneRun(context));
    },
    remove: (id, state, context) => remove(id, state, context),
  };
}

/** Brings a connection that this stack never recorded to its inputs: everything is sent, and the credential tested. */
export async function settleInto(
  descriptor: ConnectorDescriptor,
  id: string,
  inputs: ConnectorInputs,
  context: ConnectorContext,
): Promise<ConnectorState> {
  await preflight(descriptor, inputs, context);
  return sync(descriptor, id, undefined, inputs, ofOneRun(context));
}

function ofOneRun(context: ConnectorContext): ConnectorContext {
  return { ...context, resolve: remembering(context.resolve) };
}

async function ensure(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  context: ConnectorContext,
): Promise<{ id: string; state: ConnectorState }> {
  const credentials = await resolveCredentials(descriptor, inputs, context.resolve);
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
        state: await settle(
          descriptor,
          inputs,
          outcome.connection,
          tenant,
          outcome.connection.credentialInfo.updatedDateTime,
          context,
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
    const current = await look(id, state?.name ?? inputs.name, context);
    if (current === undefined) throw gone(id, inputs);
    requireType(descriptor, current);
    requireOurs(current, state, inputs);
    const credentials = needsCredential(descriptor, current, state, inputs)
      ? await resolveCredentials(descriptor, inputs, context.resolve)
      : undefined;
    const changes = changesTo(descriptor, current, state, inputs);
    if (changes === undefined && credentials === undefined) {
      return settle(
        descriptor,
        inputs,
        current,
        tenant,
        state?.credentialAppliedDateTime ?? current.credentialInfo.updatedDateTime,
        context,
      );
    }
    try {
      const changed = await client.update(id, current.etag, {
        ...changes,
        ...(credentials === undefined ? {} : { credentials }),
      });
      if (changed === undefined) {
        // It was there a moment ago: look again before believing it.
        if (attempt < writeAttempts) continue;
        throw gone(id, inputs);
      }
      if (credentials === undefined) {
        return await settle(
          descriptor,
          inputs,
          changed,
          tenant,
          state?.credentialAppliedDateTime ?? changed.credentialInfo.updatedDateTime,
          context,
        );
      }
      return await prove(descriptor, inputs, changed, tenant, context);
    } catch (error) {
      if (isOutdated(error) && attempt < writeAttempts) continue;
      throw error;
    }
  }
}

/** Someone else wrote between our read and our write. A partial failure comes from after the write. */
function isOutdated(error: unknown): boolean {
  return error instanceof MsemError && !(error instanceof PartialFailure) && error.code === "MSEM_PRECONDITION";
}

/** A rotated credential counts as applied when the service has tested it: stored and unused is what users suffer from. */
async function prove(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  changed: Connection,
  tenant: Tenant,
  context: ConnectorContext,
): Promise<ConnectorState> {
  const applied = changed.credentialInfo.updatedDateTime;
  const failed = describeFailure(changed);
  if (failed !== undefined) return settle(descriptor, inputs, changed, tenant, applied, context);
  try {
    const result = await context.client.test(changed.id);
    if (result.succeeded) return await settle(descriptor, inputs, changed, tenant, applied, context);
    const reason = `${result.code ?? "Failed"}: ${result.message ?? "the service gives no reason"}`;
    throw await failure(descriptor, inputs, { ...changed, status: "Failed" }, tenant, unproven, reason, context);
  } catch (error) {
    if (error instanceof PartialFailure || !(error instanceof MsemError)) throw error;
    throw new PartialFailure(
      changed.id,
      toState(inputs, changed, tenant, unproven),
      error.code,
      `the credential was changed, but its test did not end: ${bare(error)}`,
      error.details,
    );
  }
}

async function remove(id: string, state: ConnectorState, context: ConnectorContext): Promise<void> {
  const { client, warn } = context;
  requireSameTenant(state.tenant, await client.tenant());
  for (let attempt = 1; ; attempt++) {
    const current = await look(id, state.name, context);
    if (current === undefined) return;
    const owner = parseOwnership(current.tags);
    if (owner !== undefined && state.owner !== undefined && !sameOwner(owner, state.owner)) {
      warn(`'${state.name}': left connection ${id} alone, it now belongs to ${describeOwner(owner)}`);
      return;
    }
    try {
      if ((await client.remove(id, current.etag)) === "removed") return;
    } catch (error) {
      if (isOutdated(error) && attempt < writeAttempts) continue;
      // A "not found" whose body broke off says the same as a whole one.
      if (!(error instanceof MsemError && error.code === "MSEM_NOT_FOUND")) throw error;
    }
    // Not found, a moment after it was: state forgets it only when a look says the same.
    if (attempt >= writeAttempts) throw stillThere(id, state);
  }
}

function stillThere(id: string, state: ConnectorState): MsemError {
  return new MsemError(
    "MSEM_NOT_FOUND",
    `connection "${state.name}" (${id}) can be read, but not found to be removed`,
    {
      connectionId: id,
      hint: "The service contradicts itself, so nothing was forgotten. Run the same command again later.",
    },
  );
}
