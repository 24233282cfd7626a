/**
 * The life of a connector that a person connects in the portal: the program says what should be there, this says what a
 * person has to do for it, and remembers what was confirmed. Nothing is sent anywhere, and nothing is called connected.
 */
import { checkConnector } from "../../core/connector/check";
import type { ConnectorDescriptor } from "../../core/connector/define";
import { type ConnectorInputs, isRecord } from "../../core/connector/inputs";
import { MsemError } from "../../core/errors";
import { advance, checkConfirmation } from "../../core/handOff";
import { describeWaiting } from "../../core/handOffText";
import type { Checked, Observed, Refusal, Surroundings } from "../../core/lifecycle";
import { isUnknown } from "../../core/unknown";
import type { ConnectorContext } from "../context";
import { preflight } from "../preflight";
import { changedFields, paneFields } from "./declaration";
import {
  type DrivenState,
  type HandOffInputs,
  type HandOffState,
  handOffInputs,
  handOffState,
  isHandedOff,
  unseen,
} from "./state";
import { describeAction, describeRemoval } from "./text";

/** There is no service to talk to: only the product (pre-flight), the clock and the log. */
export interface PortalContext extends Pick<ConnectorContext, "preflight" | "warn"> {
  now(): Date;
}

/** The same judgement as with a service, and what only a hand-off knows. */
export function checkHandOff(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  previous: ConnectorInputs | undefined,
  surroundings: Surroundings,
): Checked<HandOffInputs> {
  const { inputs, problems: found, ...rest } = checkConnector(descriptor, given, previous, surroundings);
  const problems = [...found];
  const confirmed = checkConfirmation(given.confirmed, surroundings.now(), problems) ?? undefined;
  const secretsFrom = knownTexts(given.secretsFrom);
  const checked = {
    ...inputs,
    health: unseen,
    driver: "portal",
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(Object.keys(secretsFrom).length === 0 ? {} : { secretsFrom }),
  } as HandOffInputs;
  const connected = previous !== undefined && previous.driver !== "portal";
  return {
    ...rest,
    inputs: checked,
    problems,
    ...(connected ? { refusal: refusal(inputs.name) } : {}),
  };
}

function knownTexts(given: unknown): Record<string, string> {
  const entries = isRecord(given) ? Object.entries(given) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string" && !isUnknown(entry[1])),
  );
}

/** What the service holds must not be forgotten: nobody would disconnect it. */
function servedByApi(name: string) {
  return {
    message: `"${name}" is managed through the Connection API; the portal driver would forget it without disconnecting it; nothing was changed`,
    hint: "Go on with msem:driver api, or destroy the connector with it first and declare it anew.",
  };
}

function refusal(name: string): Refusal {
  const { message, hint } = servedByApi(name);
  return { code: "MSEM_REFUSED", message: `${message}\n  ${hint}` };
}

export function requireHandedOff(state: DrivenState): asserts state is HandOffState {
  if (isHandedOff(state)) return;
  const { message, hint } = servedByApi(state.name);
  throw new MsemError("MSEM_REFUSED", message, { hint });
}

export async function handOff(
  descriptor: ConnectorDescriptor,
  previous: HandOffState | undefined,
  inputs: HandOffInputs,
  context: PortalContext,
): Promise<HandOffState> {
  await preflight(descriptor, inputs, context);
  const now = context.now().toISOString();
  const reached = advance({
    wanted: paneFields(descriptor, inputs),
    changed: previous === undefined ? new Set() : changedFields(descriptor, previous, inputs),
    ...(previous === undefined ? {} : { before: standing(descriptor, previous) }),
    ...(inputs.confirmed === undefined ? {} : { confirmed: inputs.confirmed }),
    now,
  });
  const { asked, confirmedDateTime } = reached;
  const since = previous?.createdDateTime ?? now;
  if (asked.length === 0) return handOffState(inputs, reached, undefined, since);
  const action = describeAction(descriptor, confirmedDateTime === undefined ? "connect" : "change", asked, {
    connection: inputs.name,
    resource: logicalName(inputs),
  });
  context.warn(`'${logicalName(inputs)}': ${action.text}`);
  return handOffState(inputs, reached, action, since);
}

function standing(descriptor: ConnectorDescriptor, previous: HandOffState) {
  const { confirmedDateTime } = previous;
  return {
    wanted: paneFields(descriptor, previous),
    asked: previous.actionRequired?.fields ?? [],
    ...(confirmedDateTime === null ? {} : { confirmedDateTime }),
  };
}

/** What is recorded is all that there is: a refresh finds no difference, and reminds of what waits. */
export function recall(
  state: HandOffState,
  { warn }: Pick<PortalContext, "warn">,
): Observed<ConnectorInputs, DrivenState> {
  const { actionRequired } = state;
  if (actionRequired !== null) {
    warn(`'${logicalName(state)}': ${describeWaiting(actionRequired)}`);
  }
  return { inputs: handOffInputs(state), state };
}

/** There is nothing to delete: a person is told what to disconnect. */
export function release(
  descriptor: ConnectorDescriptor,
  state: HandOffState,
  { warn }: Pick<PortalContext, "warn">,
): void {
  const connection = nameInPortal(state);
  const confirmed = state.confirmedDateTime !== null;
  warn(`'${logicalName(state)}': ${describeRemoval(descriptor, { connection }, confirmed)}`);
}

/** While a new name waits to be entered, the portal knows the old one. */
export function nameInPortal(state: HandOffState): string {
  return state.actionRequired?.fields.find(({ field }) => field === "name")?.was ?? state.name;
}

export function handOffId(descriptor: ConnectorDescriptor, { name }: Pick<ConnectorInputs, "name">): string {
  return `portal:${descriptor.type}/${name}`;
}

function logicalName({ owner, name }: Pick<HandOffInputs, "owner" | "name">): string {
  return owner?.name ?? name;
}
