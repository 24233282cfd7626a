/**
 * The life of a ConnectorHealth. Nothing exists remotely: what is kept is the little that tells "not yet" from "no
 * more".
 */
import { healthy } from "../core/connector/inputs";
import { PartialFailure } from "../core/errors";
import { describeStall, type IngestionSource, type IngestionState, judgeIngestion } from "../core/ingestion";
import type { Lifecycle, Observed } from "../core/lifecycle";
import { checkHealth, type WatchedProduct } from "./check";
import type { IngestionContext } from "./context";
import { type HealthInputs, type HealthState, stateVersion } from "./inputs";

export type HealthLifecycle = Lifecycle<HealthInputs, HealthState, IngestionContext>;

export function healthLifecycle(
  products: readonly WatchedProduct[],
  sources: readonly IngestionSource[],
): HealthLifecycle {
  const look = (inputs: HealthInputs, memory: Memory, context: IngestionContext) =>
    lookAt(sources, inputs, memory, context);
  return {
    check: (inputs, previous) => checkHealth(products, sources, inputs, previous),
    // Another connection is looked at afresh, in place: there is nothing to delete.
    replaces: () => [],
    observe: async (_id, state, context) => {
      if (state === undefined) return undefined;
      const found = await look(state, state, context);
      const observed: HealthState = { ...state, ...found.memory, state: found.state, health: found.health };
      return { inputs: inputsOf(observed), state: observed } satisfies Observed<HealthInputs, HealthState>;
    },
    ensure: async (inputs, context) => {
      const id = `connector-health/${inputs.owner?.name ?? inputs.connectorType}`;
      return { id, state: await settle(id, inputs, newMemory(context), look, context) };
    },
    sync: (id, state, inputs, context) => {
      const same = state.connectorType === inputs.connectorType && state.connectionId === inputs.connectionId;
      return settle(id, inputs, same ? state : newMemory(context), look, context);
    },
    remove: async () => undefined,
  };
}

/** What must be known of earlier looks. */
type Memory = Pick<HealthState, "watchedSince" | "firstSeen">;

interface Look {
  readonly state: IngestionState;
  readonly memory: Memory;
  /** "ok", or why not. */
  readonly health: string;
}

function newMemory({ now }: IngestionContext): Memory {
  return { watchedSince: now().toISOString() };
}

async function lookAt(
  sources: readonly IngestionSource[],
  inputs: HealthInputs,
  { watchedSince, firstSeen }: Memory,
  context: IngestionContext,
): Promise<Look> {
  const source = sources.find(({ type }) => type === inputs.connectorType);
  if (source === undefined) return { state: "notVerifiable", memory: { watchedSince }, health: healthy };
  const since = new Date(inputs.connectedSince ?? watchedSince);
  const { gracePeriodHours } = inputs;
  const count = await context.count(source);
  const verdict = judgeIngestion({ count, now: context.now(), since, gracePeriodHours, firstSeen });
  return {
    state: verdict.state,
    memory: { watchedSince, ...(verdict.firstSeen === undefined ? {} : { firstSeen: verdict.firstSeen }) },
    health: verdict.state === "stalled" ? describeStall(source, since, verdict.firstSeen) : healthy,
  };
}

async function settle(
  id: string,
  inputs: HealthInputs,
  known: Memory,
  look: (inputs: HealthInputs, memory: Memory, context: IngestionContext) => Promise<Look>,
  context: IngestionContext,
): Promise<HealthState> {
  const { state, memory, health } = await look(inputs, known, context);
  const reached: HealthState = { ...inputs, ...memory, stateVersion, state };
  if (health === healthy) return reached;
  const hint =
    "Does the connection work (its status; `POST …/test`)? Are Microsoft's addresses let in? Data may take hours: gracePeriodHours says how many are granted.";
  if (inputs.onStalled === "fail") throw new PartialFailure(id, reached, "MSEM_INGESTION", health, { hint });
  context.warn(`'${inputs.owner?.name ?? inputs.connectorType}': ${health}`);
  return reached;
}

function inputsOf({
  stateVersion: _v,
  state: _s,
  watchedSince: _w,
  firstSeen: _f,
  ...inputs
}: HealthState): HealthInputs {
  return inputs;
}
