/** What a module in tasks/ exports for each case that it takes part in. */

export interface TagInput {
  readonly text: string;
  readonly tag: string;
}

export interface Task {
  /** Timed. From texts to the answer. */
  run(input: unknown): unknown;
  /** Not timed: the answer in the form that is compared. */
  answer(result: unknown): readonly string[];
}

/** The input comes out of a file that the bench wrote for this very case. */
export function task<Input, Result>(
  run: (input: Input) => Result,
  answer: (result: Result) => readonly string[] = (result) => result as readonly string[],
): Task {
  return { run: (input) => run(input as Input), answer: (result) => answer(result as Result) };
}
