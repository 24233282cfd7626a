/**
 * Dynamic provider calls to lifecycles and back. Knows the host's habits: what may be returned, where an error must
 * carry the object, what it prints.
 */
import { isDeepStrictEqual } from "node:util";
import { MsemError, PartialFailure, shownMessage, withPointer } from "../core/errors";
import type { Checked, Lifecycle, Problem, Surroundings } from "../core/lifecycle";

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
export interface Host extends Surroundings {
  configure(get: (key: string) => unknown): void;
  /** A true warning of the engine. */
  warn(message: string): void;
  /** A line of the engine's own, without a resource. */
  info(message: string): void;
}

/** One resource class: its life, and what this front end needs to lead it. */
export interface Resource<Inputs extends object, State extends object, Context> {
  readonly lifecycle: Lifecycle<Inputs, State, Context>;
  /** Made when it is needed; a check needs none. @throws MSEM_CONFIGURATION */
  readonly context: () => Context;
  /** State of any version, or nothing: a look-up by id has none. @throws MSEM_FAULT for a newer one */
  readonly readState: (raw: Readonly<Properties>) => State | undefined;
  /** For a look-up of something that does not exist. */
  readonly missing: (id: string) => MsemError;
}

export function dynamicProvider<Inputs extends object, State extends object, Context>(
  { lifecycle, context, readState, missing }: Resource<Inputs, State, Context>,
  host: Host,
): DynamicProvider {
  const requireState = (props: Properties): State => {
    const state = readState(withoutInternals(props));
    if (state === undefined) throw new MsemError("MSEM_FAULT", "this resource's state was not written by pulumi-msem");
    return state;
  };
  return {
    async configure({ config }) {
      host.configure((key) => config.get(key));
    },
    async check(olds, news) {
      // Never throws: a thrown check prints a stack. Never names a property: the engine would print its value.
      try {
        const before = withoutInternals(olds);
        const given = withoutInternals(news);
        const previous = Object.keys(before).length === 0 ? undefined : (before as Inputs);
        // Only an import checks inputs against themselves: a program's arguments always lack what a check puts in. An
        // import file leaves secrets out, which the engine would call a mistake of the provider, each of them.
        if (previous !== undefined && isDeepStrictEqual(before, given)) return { inputs: given, failures: [] };
        const checked = lifecycle.check(given, previous, host);
        for (const warning of checked.warnings) host.warn(`'${logicalName(news)}': ${warning}`);
        for (const notice of checked.notices ?? []) host.info(`'${logicalName(news)}': ${notice}`);
        const reason = reasonOf(checked);
        return {
          inputs: { ...(checked.inputs as Properties) },
          failures: reason === undefined ? [] : [{ property: "", reason }],
        };
      } catch (error) {
        return { inputs: withoutInternals(news), failures: [{ property: "", reason: shownMessage(error) }] };
      }
    },
    async diff(_id, olds, news) {
      // `changes` stays undefined: the engine then compares the inputs itself and shows each property.
      return { replaces: [...lifecycle.replaces(withoutInternals(olds) as State, withoutInternals(news) as Inputs)] };
    },
    async create(inputs) {
      return keepingPartialState(inputs, async () => {
        const { id, state } = await lifecycle.ensure(withoutInternals(inputs) as Inputs, context());
        return { id, outs: clean(state) };
      });
    },
    async read(id, props) {
      return quietly(async () => {
        const state = readState(withoutInternals(props));
        const observed = await lifecycle.observe(id, state, context());
        if (observed !== undefined) return { id, props: clean(observed.state), inputs: clean(observed.inputs) };
        // An empty answer means "deleted" in a refresh. In a look-up the host would take it for an object without
        // properties, so that must fail.
        if (state !== undefined) return {};
        throw missing(id);
      });
    },
    async update(id, olds, news) {
      return keepingPartialState(
        news,
        async () => {
          const state = await lifecycle.sync(id, requireState(olds), withoutInternals(news) as Inputs, context());
          return { outs: clean(state) };
        },
        id,
      );
    },
    async delete(id, props) {
      return quietly(() => lifecycle.remove(id, requireState(props), context()));
    },
  };
}

/** The one failure of a check; undefined when there is none. */
function reasonOf({ problems, refusal }: Checked<object>): string | undefined {
  if (problems.length > 0) return withPointer("MSEM_INVALID", formatProblems(problems));
  return refusal === undefined ? undefined : withPointer(refusal.code, `${refusal.code} ${refusal.message}`);
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

/**
 * What the engine records when something exists but is not as asked.
 *
 * @param id that the resource has and keeps, whatever the service calls the object; absent while it has none
 */
async function keepingPartialState<Result>(
  inputs: Properties,
  action: () => Promise<Result>,
  id?: string,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw quiet(error);
    throw Object.assign(quiet(error), {
      id: id ?? error.id,
      // Only the reasons are shown.
      reasons: [shownMessage(error)],
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
  const plain = new Error(shownMessage(error));
  if (!(error instanceof MsemError)) {
    if (error instanceof Error && error.stack !== undefined) plain.stack = error.stack;
    return plain;
  }
  plain.stack = "";
  plain.toString = () => error.code;
  return plain;
}

/** JSON only: an `undefined` in an answer would lose the object that was just made. */
function clean(value: object): Properties {
  return JSON.parse(JSON.stringify(value)) as Properties;
}

/** The engine's and the host's own keys. Others that begin with `__` are ours: the engine keeps them out of its display. */
const internals: ReadonlySet<string> = new Set(["__provider", "__defaults"]);

function withoutInternals(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !internals.has(key)));
}

function logicalName(news: Properties): string {
  const owner = news.owner;
  return typeof owner === "object" && owner !== null && "name" in owner ? String(owner.name) : String(news.name ?? "?");
}
