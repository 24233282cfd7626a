/**
 * The life of a connector under the chosen driver. Who changes from the portal to a service keeps the resource: an id
 * cannot change, so the service's own id is an output, and what has none yet is looked for by its name.
 */
import { checkConnector } from "../core/connector/check";
import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import type { Lifecycle } from "../core/lifecycle";
import type { ConnectorContext } from "./context";
import { connectorLifecycle } from "./lifecycle";
import {
  checkHandOff,
  handOff,
  handOffId,
  type PortalContext,
  recall,
  release,
  requireHandedOff,
} from "./portal/lifecycle";
import { type DrivenState, type Driver, type HandOffInputs, isHandedOff } from "./portal/state";
import type { ConnectorState } from "./state";
import { takeOver } from "./takeOver";

export type DrivenContext =
  | ({ readonly driver: "api" } & ConnectorContext)
  | ({ readonly driver: "portal" } & PortalContext);

export type DrivenLifecycle = Lifecycle<ConnectorInputs, DrivenState, DrivenContext>;

/** @param driver asked at each check, which is given no context. @throws MSEM_CONFIGURATION for one that there is not */
export function drivenLifecycle(descriptor: ConnectorDescriptor, driver: () => Driver): DrivenLifecycle {
  const api = connectorLifecycle(descriptor);
  return {
    check: (inputs, previous, surroundings) =>
      driver() === "portal"
        ? checkHandOff(descriptor, inputs, previous, surroundings)
        : checkConnector(descriptor, inputs, previous, surroundings),
    replaces: () => [],
    observe: async (id, state, context) => {
      if (context.driver === "portal") {
        if (state === undefined) throw nothingToLookUp(descriptor);
        requireHandedOff(state);
        return recall(state, context);
      }
      // The driver has changed and no `up` has taken the connection over: what is recorded is still the truth.
      if (isHandedOff(state)) return recall(state, context);
      return api.observe(remoteId(id, state), state, context);
    },
    ensure: async (inputs, context) => {
      if (context.driver === "api") return api.ensure(inputs, context);
      const state = await handOff(descriptor, undefined, inputs as HandOffInputs, context);
      return { id: handOffId(descriptor, inputs), state };
    },
    sync: async (id, state, inputs, context) => {
      if (context.driver === "portal") {
        requireHandedOff(state);
        return handOff(descriptor, state, inputs as HandOffInputs, context);
      }
      return isHandedOff(state)
        ? takeOver(descriptor, state, inputs, context)
        : api.sync(remoteId(id, state), state, inputs, context);
    },
    remove: async (id, state, context) => {
      if (isHandedOff(state)) return release(descriptor, state, context);
      if (context.driver === "portal") return requireHandedOff(state);
      return api.remove(remoteId(id, state), state, context);
    },
  };
}

/** The service's id of it. That of the resource is another one where a person connected it first. */
function remoteId(id: string, state: ConnectorState | undefined): string {
  return state?.connectionId ?? id;
}

function nothingToLookUp({ className }: ConnectorDescriptor): MsemError {
  return new MsemError(
    "MSEM_CONFIGURATION",
    `${className}.get needs the Connection API: nobody can look into the portal`,
    {
      hint: "Look it up with msem:driver api, or declare it.",
    },
  );
}
