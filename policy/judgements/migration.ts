/** What is right once, when things are moved into a stack, and dangerous when it stays. */
import type { Judgement } from "../subject";

export interface MigrationSettings {
  readonly migrationStacks: readonly string[];
}

const switches: Readonly<Record<string, string>> = {
  adopt: "takes over what somebody else made, and removes it when the stack no longer wants it",
  startEnforcement: "turns an empty list into a restriction: everybody who is not in it is shut out",
};

export const judgeMigration: Judgement<MigrationSettings> = ({ inputs, stack }, { migrationStacks }) => {
  if (migrationStacks.some((pattern) => matches(pattern, stack))) return [];
  return Object.entries(switches)
    .filter(([name]) => inputs[name] === true)
    .map(([name, effect]) => `${name}: true in the stack "${stack}": it ${effect}`);
};

/** `*` stands for any text. */
function matches(pattern: string, stack: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(stack);
}
