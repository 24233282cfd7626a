/**
 * The suite of second opinions: every list of our fixtures as fwshift reads it, in all formats that it reads too. What
 * differs without a reason in `explained.ts`, and a reason for what does not differ, fail the bench.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installPeers } from "../firewalls/peers.ts";
import type { Suite } from "../suite.ts";
import { judged } from "../table.ts";
import { type ComparedFile, compareFile } from "./compare.ts";
import { dialects } from "./dialects.ts";
import { explained } from "./explained.ts";

export const opinionSuite: Suite = {
  name: "opinions",
  async measure({ signal, say }) {
    const heading = "Second opinion: the members of each list of our fixtures, by ours and by fwshift.";
    const absent = await installPeers(signal, ["fwshift"]);
    const why = absent.get("fwshift");
    if (why !== undefined) return { heading, lines: [], remarks: [`fwshift did not take part: ${why}`], details: [] };
    const used = new Set<string>();
    const results = [];
    for (const [id, dialect] of Object.entries(dialects)) {
      const folder = join("tests", "firewalls", id, "fixtures");
      if (!existsSync(folder)) continue;
      const files: (ComparedFile & { readonly fixture: string })[] = [];
      for (const name of readdirSync(folder).sort()) {
        files.push({ fixture: `${id}/${name}`, ...(await compareFile(id, dialect, join(folder, name), signal)) });
      }
      const told = files.map((file) => tell(file, used));
      results.push({ id, files, told });
      say(`${id}: ${counted(told)}`);
    }
    const unexplained = results.flatMap(({ told }) => told.flatMap((file) => file.unexplained));
    const read = new Set(results.map(({ id }) => id));
    const leftover = Object.keys(explained).filter((key) => !used.has(key) && read.has(key.split("/")[0] ?? ""));
    return {
      heading,
      lines: results.map(({ id, told }) =>
        judged({
          what: `second opinion, ${id}: not explained`,
          measured: counted(told),
          figure: told.reduce((sum, file) => sum + file.unexplained.length, 0),
          unit: "lists",
          aim: 0,
        }),
      ),
      remarks: results.flatMap(({ told }) => told.flatMap(({ remarks }) => remarks)),
      details: results.map(({ id, files }) => ({ id, files })),
      failures: [
        ...unexplained.map((one) => `second opinion without an explanation: ${one}`),
        ...leftover.map((key) => `an explanation of what does not differ: ${key}`),
      ],
    };
  },
};

interface Told {
  readonly agreeing: number;
  readonly explained: number;
  /** Whether fwshift did not read the file. */
  readonly refused: boolean;
  readonly remarks: readonly string[];
  /** What differs, and how. */
  readonly unexplained: readonly string[];
}

/** @param used keys of explanations, to which those are added that were needed */
function tell({ fixture, lists, refused }: ComparedFile & { readonly fixture: string }, used: Set<string>): Told {
  const unexplained: string[] = [];
  const reasonFor = (what: string, key: string): string => {
    const reason = explained[key];
    if (reason === undefined) unexplained.push(what);
    else used.add(key);
    return reason ?? "NOT EXPLAINED";
  };
  if (refused !== undefined) {
    const what = `${fixture} is not read by fwshift: ${refused}`;
    return {
      agreeing: 0,
      explained: 0,
      refused: true,
      remarks: [`${what} (${reasonFor(what, fixture)})`],
      unexplained,
    };
  }
  const agreeing = lists.filter(({ outcome }) => outcome === "agrees").map(({ list }) => list);
  const others = lists
    .filter(({ outcome }) => outcome !== "agrees")
    .map(({ list, outcome, difference, open }) => {
      const own = `${fixture} ${list}`;
      if (outcome === "absent") {
        const what = `${own}: fwshift has no such list`;
        return `${what} (${reasonFor(what, fixture)})`;
      }
      const what = `${own}: ${difference}`;
      return `${what}${open} (${reasonFor(what, what)})`;
    });
  const remarks = [
    lists.length === 0 ? `${fixture} has no lists by name` : `${fixture} agree: ${agreeing.join(", ") || "none"}`,
    ...others,
  ];
  return {
    agreeing: agreeing.length,
    explained: others.length - unexplained.length,
    refused: false,
    remarks,
    unexplained,
  };
}

function counted(told: readonly Told[]): string {
  const sum = (count: (file: Told) => number): number => told.reduce((total, file) => total + count(file), 0);
  const refused = told.filter((file) => file.refused).length;
  return `${sum((file) => file.agreeing)} lists agree, ${sum((file) => file.explained)} differ with a reason; ${told.length - refused} of ${told.length} fixtures read`;
}
