/** The arguments that the connectors of the bench take, and those of the trivial resources beside them. */
import * as pulumi from "@pulumi/pulumi";
import { type ClassCase, canary, classCases } from "../../tests/engine/classes.ts";

/** Every class in turn, so that the figures are those of a mixed stack. */
export function casesFor(count: number): (ClassCase & { readonly logicalName: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const one = classCases[index % classCases.length] as ClassCase;
    return { ...one, logicalName: `${one.name}-${index}` };
  });
}

/** The inputs that the connectors have, secrets included, so that the engine's own part of the cost is the same. */
export function trivialInputs(count: number): { name: string; inputs: Record<string, unknown> }[] {
  return casesFor(count).map(({ logicalName: name, args }) => ({
    name,
    inputs: {
      ...marked(args),
      name,
      health: "ok",
      owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
    },
  }));
}

function marked(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      if (typeof value === "string" && value.includes(canary)) return [name, pulumi.secret(value)];
      if (typeof value === "object" && value !== null) return [name, marked(value as Record<string, unknown>)];
      return [name, value];
    }),
  );
}
