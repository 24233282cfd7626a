import { type TagInput, task, type WeeksInput } from "../task.ts";

interface WeeklyFile {
  readonly values: readonly {
    readonly name: string;
    readonly properties: { readonly changeNumber: number; readonly addressPrefixes: readonly string[] };
  }[];
}

export const tasks = {
  serviceTag: task(
    ({ text }: TagInput) => JSON.parse(text) as WeeklyFile,
    ({ values }) => values.find(({ name }) => name === "Scuba")?.properties.addressPrefixes ?? [],
  ),
  tagsDiff: task(
    ({ before, after }: WeeksInput) => [JSON.parse(before), JSON.parse(after)] as [WeeklyFile, WeeklyFile],
    ([before, after]) => {
      const numbers = new Map(before.values.map(({ name, properties }) => [name, properties.changeNumber]));
      return after.values
        .filter(({ name, properties }) => numbers.get(name) !== properties.changeNumber)
        .map(({ name }) => name)
        .sort();
    },
  ),
};
