/** Every list of a fixture as we read it, beside fwshift's reading of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { allowlist, firewalls, ip } from "../firewalls/ours.ts";
import { type Dialect, opinionIn } from "./dialects.ts";
import { describeDifference, differenceOf, type Opinion, type Reading, Refusal, readingsOf } from "./fwshift.ts";

export interface Compared {
  /** Our name of the list, with its scope; after it in brackets the part of the file that fwshift has read. */
  readonly list: string;
  /** `absent`: fwshift has no such list. */
  readonly outcome: "agrees" | "differs" | "absent";
  /** What fwshift has beside ours: `64 fewer`. Empty when they agree. */
  readonly difference: string;
  /** What either side says that it leaves open. */
  readonly open: string;
}

export interface ComparedFile {
  readonly lists: readonly Compared[];
  /** What fwshift said when it did not read the file. */
  readonly refused?: string;
}

export async function compareFile(
  id: string,
  dialect: Dialect,
  file: string,
  signal: AbortSignal,
): Promise<ComparedFile> {
  const text = readFileSync(file, "utf8");
  const { model } = firewalls.readConfig(text, file, id);
  const folder = mkdtempSync(join(tmpdir(), "msem-opinion-"));
  let readings: readonly Reading[];
  try {
    const asked = join(folder, basename(file));
    writeFileSync(asked, dialect.asked?.(text) ?? text);
    readings = await readingsOf(asked, dialect.name, signal);
  } catch (error) {
    if (error instanceof Refusal) return { lists: [], refused: error.message };
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const lists = listsOf(model);
  const compared = lists.flatMap((list) => {
    const { name, scope } = list;
    const label = scope === undefined ? name : `${scope}/${name}`;
    const own = readingsFor(list, lists, readings).flatMap(({ part, policy }): Compared[] => {
      const opinion = opinionIn(policy, dialect, name, scope);
      if (opinion === undefined) return [];
      return [
        { list: part === undefined || part === scope ? label : `${label} (${part})`, ...outcomeOf(list, opinion) },
      ];
    });
    return own.length > 0 ? own : [{ list: label, outcome: "absent", difference: "", open: "" } as const];
  });
  return { lists: compared };
}

type Model = ReturnType<typeof firewalls.readConfig>["model"];

interface List {
  readonly name: string;
  readonly scope?: string;
  /** What is surely in it. */
  readonly prefixes: readonly string[];
  /** Something in it cannot be resolved. */
  readonly undecided: boolean;
}

/** Sets of one name and scope are one list: those of a pair of families. */
function listsOf(model: Model): List[] {
  const resolver = allowlist.resolver(model);
  const named = Map.groupBy(
    model.sets.filter(({ name }) => name !== ""),
    ({ scope, name }) => JSON.stringify([scope, name]),
  );
  return [...named.values()].map((sets) => {
    const [{ name, scope }] = sets as [Model["sets"][number]];
    const entries = sets.map(({ id }) => ({ text: id, line: 1, term: { kind: "set", id } as const }));
    const { sure, unknowns } = resolver.resolve({ entries });
    return {
      name,
      ...(scope === undefined ? {} : { scope }),
      prefixes: ip.formatSet(sure),
      undecided: unknowns.length > 0,
    };
  });
}

/** That of the list's own part; for one that all parts share, of all that have no list of this name themselves. */
function readingsFor(list: List, lists: readonly List[], readings: readonly Reading[]): readonly Reading[] {
  const own = readings.filter(({ part }) => part !== undefined && part === list.scope);
  if (own.length > 0) return own;
  const others = new Set(lists.filter(({ name }) => name === list.name).map(({ scope }) => scope));
  return readings.filter(({ part }) => part === undefined || !others.has(part));
}

function outcomeOf({ prefixes, undecided }: List, opinion: Opinion): Omit<Compared, "list"> {
  const difference = differenceOf(prefixes, opinion);
  if (difference === undefined) return { outcome: "agrees", difference: "", open: "" };
  const ours = undecided ? "; we leave a part open" : "";
  const theirs = opinion.open.length === 0 ? "" : `; it leaves open: ${opinion.open.join("; ")}`;
  return {
    outcome: "differs",
    difference: describeDifference(difference),
    open: `${ours}${theirs}`,
  };
}
