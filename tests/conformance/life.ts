/** One allowlist's life, as a front end leads it: check, then ensure or sync, then keep what came back. */

import type { AllowlistInputs, AllowlistState } from "../../provider/allowlists/inputs";
import { type AllowlistLifecycle, allowlistLifecycle } from "../../provider/allowlists/lifecycle";
import type { Checked } from "../../provider/core/lifecycle";
import type { TargetDescriptor } from "../../provider/core/targets/target";
import type { Stage } from "./stage";

export interface Life {
  /** What the engine would have in its state now. */
  state: { readonly id: string; readonly state: AllowlistState } | undefined;
  check(prefixes: readonly string[], args?: object): Checked<AllowlistInputs>;
  /** @returns the code of the error it ended in, or `ok` */
  deploy(prefixes: readonly string[], args?: object): Promise<string>;
  /** Texts that differ from what was deployed last, as a refresh shows them. */
  refresh(): Promise<readonly string[]>;
  destroy(): Promise<string>;
  /** The process ends without having told the engine anything. */
  killed(action: () => Promise<unknown>): Promise<void>;
  /** Another life from here on, with the same past. */
  fork(): Life;
}

interface Past {
  readonly state: Life["state"];
  readonly changeNumber: number;
  readonly wanted: Readonly<Record<string, string>>;
}

export function lead(
  stage: Stage,
  name = "scuba",
  make: (targets: readonly TargetDescriptor[]) => AllowlistLifecycle = allowlistLifecycle,
  past: Past = { state: undefined, changeNumber: 0, wanted: {} },
): Life {
  const { context, said } = stage;
  const lifecycle = make(context.targets);
  let { changeNumber, wanted } = past;

  const life: Life = {
    state: past.state,
    check: (prefixes, args = {}) =>
      lifecycle.check(
        {
          target: stage.target,
          ranges: {
            serviceTag: "Scuba",
            changeNumber: changeNumber + 1,
            prefixes: Object.fromEntries(prefixes.map((prefix) => [prefix, "Scuba"])),
          },
          callerPrefixes: stage.callerPrefixes,
          owner: { project: "conformance", stack: "test", name },
          ...args,
        },
        life.state?.state,
        { environment: context.environment, now: () => new Date(context.now()) },
      ),
    deploy: async (prefixes, args) => {
      const checked = life.check(prefixes, args);
      said.push(...checked.warnings, ...checked.problems.map(({ path, message }) => `${path} ${message}`));
      if (checked.problems.length > 0) return `problems: ${checked.problems.map(({ path }) => path).join(", ")}`;
      changeNumber++;
      wanted = checked.inputs.prefixes;
      return ended(
        said,
        async () => {
          if (life.state === undefined) life.state = await lifecycle.ensure(checked.inputs, context);
          else {
            const { id, state } = life.state;
            life.state = { id, state: await lifecycle.sync(id, state, checked.inputs, context) };
          }
        },
        (partial) => {
          life.state = partial;
        },
      );
    },
    refresh: async () => {
      if (life.state === undefined) throw new Error("nothing was deployed");
      const { id, state } = life.state;
      const found = await lifecycle.observe(id, state, context);
      if (found === undefined) throw new Error("a list is never gone");
      life.state = { id, state: found.state };
      const there = found.inputs.prefixes;
      const all = new Set([...Object.keys(there), ...Object.keys(wanted)]);
      return [...all].filter((text) => there[text] !== wanted[text]).sort();
    },
    destroy: () =>
      ended(said, async () => {
        if (life.state === undefined) return;
        await lifecycle.remove(life.state.id, life.state.state, context);
        life.state = undefined;
      }),
    killed: async (action) => {
      const before = life.state;
      await action();
      life.state = before;
    },
    fork: () => lead(stage, name, make, { state: life.state, changeNumber, wanted }),
  };
  return life;
}

interface Partial {
  readonly name: "PartialFailure";
  readonly id: string;
  readonly state: AllowlistState;
}

/** By names and not by classes: a second process of the suite is a second copy of the code. */
async function ended(
  said: string[],
  action: () => Promise<void>,
  keep: (partial: { id: string; state: AllowlistState }) => void = () => undefined,
): Promise<string> {
  try {
    await action();
    return "ok";
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || !error.message.startsWith("MSEM_")) throw error;
    // The state that a partial failure carries is the engine's: it goes encrypted.
    said.push(error.message, String(error.stack), JSON.stringify("details" in error ? error.details : undefined));
    if (error.name === "PartialFailure") {
      const { id, state } = error as unknown as Partial;
      keep({ id, state });
    }
    return String(error.code);
  }
}
