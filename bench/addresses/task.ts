/** What a module in tasks/ exports for each case that it takes part in. */

export interface TagInput {
  readonly text: string;
  readonly tag: string;
}

/** Two editions of a weekly file. */
export interface WeeksInput {
  readonly before: string;
  readonly after: string;
}

/** What a product's list holds, and what should be in it. */
export interface PlanInput {
  readonly desired: Readonly<Record<string, string>>;
  readonly entries: readonly { readonly text: string; readonly marked: boolean }[];
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
