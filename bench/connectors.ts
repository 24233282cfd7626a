/** The engine suite: connectors beside resources that do nothing. */
import { measureImports } from "./imports.ts";
import { growthLines, importLines, ratioLines, stateLines } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import type { Suite } from "./suite.ts";

export const few = 100;
export const many = 1000;
const rounds = 3;
const importRounds = 15;

export const connectorSuite: Suite = {
  name: "engine",
  async measure({ quick, signal, say }) {
    say(`imports, ${importRounds} fresh processes each`);
    const imports = await measureImports(importRounds);
    const common = { signal, say };
    const atFew = await measureRounds({
      ...common,
      names: ["connectors", "trivial", "floor"],
      count: few,
      rounds,
      previews: 2,
    });
    const atMany = quick
      ? undefined
      : await measureRounds({ ...common, names: ["connectors", "trivial"], count: many, rounds: 1, previews: 1 });
    return {
      heading: `${few} connectors: medians of ${rounds} rounds.`,
      lines: [
        ...ratioLines(atFew),
        ...stateLines(atFew),
        ...importLines(imports),
        ...(atMany === undefined ? [] : growthLines(atFew, atMany)),
      ],
      remarks: [],
      details: { imports, atFew, atMany },
    };
  },
};
