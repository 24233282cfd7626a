/**
 * Dynamic provider calls to lifecycles and back. Knows the host's habits: what may be returned, where an error must
 * carry the object, what it prints.
 */
import type { ConnectorContext } from "../connections/context";
import { type ConnectorState, readState } from "../connections/state";
import type { ConnectorInputs } from "../core/connector/inputs";
import { MsemError, PartialFailure } from "../core/errors";
import type { Lifecycle, Problem } from "../core/lifecycle";

type Properties = Record<string, unknown>;

/** The methods that the dynamic provider's server calls. */
export interface DynamicProvider {
  configure(request: { config: { get(key: string): unknown } }): Promise<void>;
  check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ replaces: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

/** What the process around the provider gives. */
export interface Host {
  configure(get: (key: string) => unknown): void;
  context(): ConnectorContext;
  environment(name: string): string | undefined;
  warn(message: string): void;
}

export function dynamicProvider(
  className: string,
  lifecycle: Lifecycle<ConnectorInputs, ConnectorState, ConnectorContext>,
  host: Host,
): DynamicProvider {
  return {
    async configure({ config }) {
      host.configure((key) => config.get(key));
    },
    async check(olds, news) {
      // Never throws: a thrown check prints a stack. Never names a property: the engine would print its value.
      try {
        const previous =
          Object.keys(withoutInternals(olds)).length === 0 ? undefined : (withoutInternals(olds) as ConnectorInputs);
        const { inputs, problems, warnings } = lifecycle.check(withoutInternals(news), previous, host);
        for (const warning of warnings) host.warn(`'${logicalName(news)}': ${warning}`);
        return {
          inputs: { ...inputs },
          failures: problems.length === 0 ? [] : [{ property: "", reason: formatProblems(problems) }],
        };
      } catch (error) {
        return { inputs: withoutInternals(news), failures: [{ property: "", reason: messageOf(error) }] };
      }
    },
    async diff(_id, olds, news) {
      // `changes` stays undefined: the engine then compares the inputs itself and shows each property.
      return { replaces: [...lifecycle.replaces(olds as ConnectorState, news as ConnectorInputs)] };
    },
    async create(inputs) {
      return keepingPartialState(inputs, async () => {
        const { id, state } = await lifecycle.ensure(withoutInternals(inputs) as ConnectorInputs, host.context());
        return { id, outs: clean(state) };
      });
    },
    async read(id, props) {
      return quietly(async () => {
        const state = readState(props);
        const observed = await lifecycle.observe(id, state, host.context());
        if (observed !== undefined) return { id, props: clean(observed.state), inputs: clean(observed.inputs) };
        // An empty answer means "deleted" in a refresh. In a look-up the host would take it for an object without
        // properties, so that must fail.
        if (state !== undefined) return {};
        throw new MsemError("MSEM_NOT_FOUND", `there is no connection with id "${id}" for ${className}.get`, {
          hint: "List what exists in the portal's catalog of data connectors, or with GET /connections.",
        });
      });
    },
    async update(id, olds, news) {
      return keepingPartialState(news, async () => {
        const state = await lifecycle.sync(
          id,
          requireState(olds),
          withoutInternals(news) as ConnectorInputs,
          host.context(),
        );
        return { outs: clean(state) };
      });
    },
    async delete(id, props) {
      return quietly(() => lifecycle.remove(id, requireState(props), host.context()));
    },
  };
}

/** One failure for everything, with paths in the text. */
export function formatProblems(problems: readonly Problem[]): string {
  const width = Math.max(...problems.map(({ path }) => path.length)) + 1;
  const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
  return [
    `MSEM_INVALID ${count}`,
    ...problems.map(({ path, message }) => `  ${`${path}:`.padEnd(width)} ${message}`),
  ].join("\n");
}

/** What the engine records when something exists but is not as asked. */
async function keepingPartialState<Result>(inputs: Properties, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw quiet(error);
    throw Object.assign(quiet(error), {
      id: error.id,
      // Only the reasons are shown.
      reasons: [error.message],
      // Stored as given: without its provider the object could neither be refreshed nor destroyed.
      properties: { ...clean(error.state as Properties), __provider: inputs.__provider },
    });
  }
}

async function quietly<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw quiet(error);
  }
}

/**
 * The host prints some errors as `${error}: ${stack}` before the engine shows the message: the code is enough there.
 * A mistake of ours keeps its stack.
 */
function quiet(error: unknown): Error {
  if (!(error instanceof MsemError)) return error instanceof Error ? error : new Error(String(error));
  const plain = new Error(error.message);
  plain.stack = "";
  plain.toString = () => error.code;
  return plain;
}

function requireState(props: Properties): ConnectorState {
  const state = readState(props);
  if (state === undefined) throw new MsemError("MSEM_FAULT", "this resource's state was not written by pulumi-msem");
  return state;
}

/** JSON only: an `undefined` in an answer would lose the object that was just made. */
function clean(value: object): Properties {
  return JSON.parse(JSON.stringify(value)) as Properties;
}

function withoutInternals(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

function logicalName(news: Properties): string {
  const owner = news.owner;
  return typeof owner === "object" && owner !== null && "name" in owner ? String(owner.name) : String(news.name ?? "?");
}

function messageOf(error: unknown): string {
  return error instanceof MsemError
    ? error.message
    : `MSEM_FAULT ${error instanceof Error ? error.message : String(error)}`;
}
