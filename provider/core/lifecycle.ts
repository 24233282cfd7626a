/**
 * One resource's life, free of Pulumi: observe → ensure → sync → return. Every front end (dynamic provider, command
 * line, a later plugin) calls these and nothing else.
 */

/** One mistake in the inputs. */
export interface Problem {
  /** Where: `apiServer`, `authentication.clientSecret`, `tags.owner`. */
  readonly path: string;
  /** What, and what would be right. Never quotes a secret. */
  readonly message: string;
}

/** What `check` found. All problems at once. */
export interface Checked<Inputs> {
  readonly inputs: Inputs;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** What is worth a line without being odd: how a published list has changed. */
  readonly notices?: readonly string[];
  /** The inputs are valid, and yet nothing may be done: a guard holds, or a judged list has drifted. */
  readonly refusal?: Refusal;
}

/** Why valid inputs are not acted upon. Scripts match on the code. */
export interface Refusal {
  readonly code: "MSEM_REFUSED" | "MSEM_DRIFT";
  /** What, the measured figure, the limit, and the way out; further lines are indented. */
  readonly message: string;
}

/** What is really there. */
export interface Observed<Inputs, State> {
  /** The inputs as observed, so that drift shows per property. */
  readonly inputs: Inputs;
  readonly state: State;
}

export interface Lifecycle<Inputs, State, Context> {
  /** Pure. Normalises, judges, folds; all problems at once. `previous` is what the last accepted check returned. */
  check(
    inputs: Readonly<Record<string, unknown>>,
    previous: Inputs | undefined,
    surroundings: Surroundings,
  ): Checked<Inputs>;
  /** Pure. Names of the properties whose change cannot be made in place. */
  replaces(previous: State, next: Inputs): readonly string[];
  /** What is really there; undefined when gone. `state` is undefined for an object that we never recorded. */
  observe(id: string, state: State | undefined, context: Context): Promise<Observed<Inputs, State> | undefined>;
  /** Creates, or converges on what is already ours. Throws PartialFailure once something exists. */
  ensure(inputs: Inputs, context: Context): Promise<{ id: string; state: State }>;
  /** Brings what exists to the inputs; no write when nothing differs. */
  sync(id: string, state: State, inputs: Inputs, context: Context): Promise<State>;
  /** Removes what is ours; gone already is success. */
  remove(id: string, state: State, context: Context): Promise<void>;
}

/** What a pure check may know of the process it runs in. */
export interface Surroundings {
  /** An environment variable of the provider process. */
  environment(name: string): string | undefined;
  /** The time: what is kept for a while (a withdrawn prefix) ends by it. */
  now(): Date;
  /**
   * What keeps a file from being read as a secret, as the end of a sentence; undefined when nothing does. Absent where
   * no file can be looked at: then it shows when the secret is needed.
   */
  fileTrouble?(path: string): string | undefined;
}
