/** What a handed-off connector's inputs and state hold beside those of every connector. */
import type { ConnectorInputs } from "../../core/connector/inputs";
import type { HandOff } from "../../core/handOff";
import type { ActionRequired } from "../../core/handOffText";
import { type ConnectorState, readState, stateVersion } from "../state";

/** Who carries out what the program says: a service that speaks the Connection API, or a person in the portal. */
export const drivers = ["api", "portal"] as const;
export type Driver = (typeof drivers)[number];

/** `health` of a connection that nobody can look at: neither good nor bad. */
export const unseen = "notVerifiable";

export interface HandOffInputs extends ConnectorInputs {
  /** Only inputs make a difference: without this one a change of the driver would change nothing. */
  readonly driver: "portal";
  /** RFC 3339: when somebody did what was asked by then. */
  readonly confirmed?: string;
  /** Argument → key of the stack's configuration that holds its secret, or an empty text for one that no key holds. */
  readonly secretsFrom?: Readonly<Record<string, string>>;
}

export interface HandOffState extends HandOffInputs {
  readonly stateVersion: number;
  /** `confirmed`: somebody says so. It is never called connected, because nothing here can see that. */
  readonly status: "actionRequired" | "confirmed";
  /** `null`, not absent, when there is nothing to do: what is absent is unknown in a preview, and makes noise there. */
  readonly actionRequired: ActionRequired | null;
  /** RFC 3339: the confirmation that counted last. `null` while nothing was ever confirmed. */
  readonly confirmedDateTime: string | null;
  /** The service's id of it: none yet. */
  readonly connectionId: "";
  /** RFC 3339: when it was first asked for. */
  readonly createdDateTime: string;
  /** The same as `confirmedDateTime`, or empty: a person's word is all that is known of the credential. */
  readonly credentialAppliedDateTime: string;
}

/** The state of a connector under either driver. */
export type DrivenState = ConnectorState | HandOffState;

/** @throws MSEM_FAULT for state of a newer release */
export function readDrivenState(raw: Readonly<Record<string, unknown>>): DrivenState | undefined {
  return readState(raw);
}

export function isHandedOff(state: DrivenState | undefined): state is HandOffState {
  return state?.driver === "portal";
}

/** The inputs within a state. */
export function handOffInputs(state: HandOffState): HandOffInputs {
  return Object.fromEntries(
    Object.entries(state).filter(([name]) => !outputNames.some((one) => one === name)),
  ) as unknown as HandOffInputs;
}

const outputNames = [
  "stateVersion",
  "status",
  "actionRequired",
  "confirmedDateTime",
  "connectionId",
  "createdDateTime",
  "credentialAppliedDateTime",
] as const;

/** @param createdDateTime RFC 3339: when it was first asked for */
export function handOffState(
  inputs: HandOffInputs,
  { confirmedDateTime }: Pick<HandOff, "confirmedDateTime">,
  actionRequired: ActionRequired | undefined,
  createdDateTime: string,
): HandOffState {
  return {
    ...inputs,
    stateVersion,
    status: actionRequired === undefined ? "confirmed" : "actionRequired",
    actionRequired: actionRequired ?? null,
    confirmedDateTime: confirmedDateTime ?? null,
    connectionId: "",
    createdDateTime,
    credentialAppliedDateTime: confirmedDateTime ?? "",
  };
}
