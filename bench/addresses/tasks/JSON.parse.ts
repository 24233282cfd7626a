import { type TagInput, task } from "../task.ts";

interface WeeklyFile {
  readonly values: readonly {
    readonly name: string;
    readonly properties: { readonly addressPrefixes: readonly string[] };
  }[];
}

export const tasks = {
  serviceTag: task(
    ({ text }: TagInput) => JSON.parse(text) as WeeklyFile,
    ({ values }) => values.find(({ name }) => name === "Scuba")?.properties.addressPrefixes ?? [],
  ),
};
