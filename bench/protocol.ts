/** What passes between the bench and the child process that runs one timed operation. */

export type TimedOperation = "up" | "preview" | "refresh" | "destroy";

/** Arguments of every program of the bench. */
export interface ProgramArgs {
  /** Resources to declare. */
  readonly count: number;
}

export interface OperationRequest {
  readonly operation: TimedOperation;
  readonly project: string;
  readonly stack: string;
  /** Absolute path of a module with a `program` export. */
  readonly program: string;
  readonly programArgs: ProgramArgs;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

export interface OperationResult {
  /** Milliseconds from the start of the CLI to its end. */
  readonly ms: number;
  /** How many resources each kind of step counted, from the engine's summary: `{ same: 101 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** Why it failed, with the engine's output; absent when it did not. */
  readonly error?: string;
}
