/** What an operation ends with: a state, or a partial failure that carries one, so that no object is ever lost. */
import type { ConnectorDescriptor } from "../core/connector/define";
import { authenticationOf, type ConnectorInputs } from "../core/connector/inputs";
import { MsemError, PartialFailure } from "../core/errors";
import { findOurs } from "./claims";
import type { ConnectorContext } from "./context";
import { coarseStatus, describeFailure } from "./health";
import type { Connection, Tenant } from "./model";
import { withoutSecretsOf } from "./redaction";
import { type ConnectorState, stateVersion } from "./state";

/**
 * Stands for the time of a credential that was sent, and of which nobody knows yet whether it works: the next run
 * compares, finds a difference, sends it again and has it tested.
 */
export const unproven = "";

/** The state of a connection that works; a partial failure for one that does not. */
export async function settle(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  connection: Connection,
  tenant: Tenant,
  applied: string,
  context: Pick<ConnectorContext, "resolve">,
): Promise<ConnectorState> {
  const reason = describeFailure(connection);
  if (reason !== undefined) throw await failure(descriptor, inputs, connection, tenant, applied, reason, context);
  return toState(inputs, connection, tenant, applied);
}

export async function failure(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  connection: Connection,
  tenant: Tenant,
  applied: string,
  reason: string,
  { resolve }: Pick<ConnectorContext, "resolve">,
): Promise<PartialFailure<ConnectorState>> {
  const told = await withoutSecretsOf(descriptor, inputs, reason, resolve);
  const kept =
    inputs.credentialVersion === undefined
      ? ""
      : " If the secret was rotated meanwhile, raise credentialVersion: with the same version the stored one is sent again.";
  return new PartialFailure(
    connection.id,
    toState(inputs, connection, tenant, applied),
    "MSEM_CONNECTION_FAILED",
    `"${inputs.name}" exists, but ${descriptor.displayName} does not work: ${told}`,
    {
      connectionId: connection.id,
      hint: `Mend the cause and run \`pulumi up\` again: it sends the credential anew.${kept}`,
    },
  );
}

/** An error while our connection exists becomes a partial failure, so that the object is never lost. */
export async function keepingWhatExists(
  descriptor: ConnectorDescriptor,
  error: unknown,
  inputs: ConnectorInputs,
  tenant: Tenant,
  context: ConnectorContext,
): Promise<unknown> {
  if (error instanceof PartialFailure || !(error instanceof MsemError) || error.code === "MSEM_NOT_OWNED") return error;
  const id = error.details.connectionId ?? (await findOurs(inputs, context));
  if (id === undefined) return error;
  const state: ConnectorState = {
    ...inputs,
    stateVersion,
    connectionId: id,
    status: "connecting",
    credentialInfo: { kind: authenticationOf(descriptor, inputs)?.kind ?? "" },
    credentialAppliedDateTime: unproven,
    createdDateTime: "",
    tenant,
  };
  return new PartialFailure(
    id,
    state,
    error.code,
    `the connection exists (${id}), but its state is not known: ${bare(error)}`,
    error.details,
  );
}

export function toState(
  inputs: ConnectorInputs,
  connection: Connection,
  tenant: Tenant,
  applied: string,
): ConnectorState {
  const expires = connection.credentialInfo.expiresDateTime;
  return {
    ...inputs,
    stateVersion,
    connectionId: connection.id,
    status: coarseStatus(connection),
    credentialInfo: {
      kind: connection.credentialInfo.kind,
      ...(expires === undefined ? {} : { expiresDateTime: expires }),
    },
    credentialAppliedDateTime: applied,
    createdDateTime: connection.createdDateTime,
    tenant,
  };
}

/** The sentence of an error without its code and ids, which the wrapping error repeats. */
export function bare(error: MsemError): string {
  return (error.message.split("\n")[0] ?? "").replace(/^MSEM_[A-Z_]+ /, "");
}
