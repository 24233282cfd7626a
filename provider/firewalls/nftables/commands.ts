/** Commands that change a ruleset. What cannot be followed leaves a doubt: no rule is sure then. */
import {
  deleteElements,
  type Element,
  emptySet,
  type Place,
  type Ruleset,
  setOf,
  type TableChain,
  type TableRule,
  type TableSet,
  tableOf,
} from "./ruleset";

export interface Position {
  readonly kind: "handle" | "position" | "index";
  readonly number: number;
}

export interface Names {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}

export interface Commands {
  /** `add`, `insert`, `replace`. */
  placeRule(verb: string, chain: TableChain, rule: TableRule, position: Position | undefined): void;
  deleteRule(family: string, table: string, chain: string, position: Position | undefined, place: Place): void;
  /** The set that elements go into, which the file may not have. */
  setToFill(family: string, table: string, name: string, place: Place): TableSet;
  deleteElements(family: string, table: string, name: string, elements: readonly Element[], place: Place): void;
  /** `delete`, `destroy`, `flush`, `rename` of a table, a chain, a set, a map or everything. */
  remove(verb: string, thing: string, names: Names, place: Place): void;
}

/** Beyond this, commands that ask for a place are not followed: each moves all after it. */
const mostMoves = 5_000;

export function commandsOn(ruleset: Ruleset, note: (line: number, message: string) => void): Commands {
  let moves = 0;
  const doubt = (place: Place, why: string): void => {
    note(place.line, why);
    ruleset.doubts.push({ ...place, why });
  };
  /** Where the rule is; undefined when the file does not tell. */
  const indexOf = ({ rules }: TableChain, { kind, number }: Position): number | undefined => {
    if (moves++ >= mostMoves) return undefined;
    const index = kind === "index" ? number : rules.findIndex(({ handle }) => handle === number);
    return index >= 0 && index < rules.length ? index : undefined;
  };
  return {
    placeRule(verb, chain, rule, position) {
      const first = verb === "insert";
      if (position === undefined && verb !== "replace") {
        if (!first) chain.rules.push(rule);
        else if (moves++ < mostMoves) chain.rules.unshift(rule);
        else doubt(rule, "too many insertions to follow");
        return;
      }
      const index = position === undefined ? undefined : indexOf(chain, position);
      if (index === undefined) {
        doubt(rule, "a rule is put beside one that is not in the file (nft -a prints handles)");
        return;
      }
      chain.rules.splice(verb === "replace" || first ? index : index + 1, verb === "replace" ? 1 : 0, rule);
    },
    deleteRule(family, table, name, position, place) {
      const chain = tableOf(ruleset, family, table, place).chains.get(name);
      const index = chain === undefined || position === undefined ? undefined : indexOf(chain, position);
      if (index === undefined) doubt(place, "a rule is deleted that is not in the file (nft -a prints handles)");
      else chain?.rules.splice(index, 1);
    },
    setToFill(family, table, name, place) {
      const holder = tableOf(ruleset, family, table, place);
      const known = holder.sets.get(name);
      if (known !== undefined) return known;
      note(place.line, `the set ${name.slice(0, 80)} is not defined in this file; its other elements are not known`);
      const set = setOf(holder, name, place);
      set.elements.push({ ...place, text: "(what the set has)", value: { kind: "unknown", text: "" } });
      return set;
    },
    deleteElements(family, table, name, elements, place) {
      const set = ruleset.tables.get(`${family} ${table}`)?.sets.get(name);
      if (set === undefined) {
        note(place.line, `the set ${name.slice(0, 80)} is not in this file`);
        return;
      }
      for (const { line, text } of deleteElements(set, elements)) {
        note(line, `${text.slice(0, 80)} is no element of ${name.slice(0, 80)}; nft refuses the whole file`);
      }
    },
    remove(verb, thing, { family, table, name }, place) {
      if (thing === "ruleset") {
        for (const [title, one] of [...ruleset.tables]) {
          if (family === "" || one.family === family) ruleset.tables.delete(title);
        }
        return;
      }
      const title = `${family} ${table}`;
      const holder = ruleset.tables.get(title);
      if (verb === "rename") {
        doubt(place, "a chain gets another name");
        return;
      }
      if (holder === undefined) return;
      if (thing === "table") {
        if (verb === "flush") for (const chain of holder.chains.values()) chain.rules = [];
        else ruleset.tables.delete(title);
      } else if (thing === "chain") {
        const chain = holder.chains.get(name);
        if (verb !== "flush") holder.chains.delete(name);
        else if (chain !== undefined) chain.rules = [];
      } else {
        const set = holder.sets.get(name);
        if (verb !== "flush") holder.sets.delete(name);
        else if (set !== undefined) emptySet(set);
      }
    },
  };
}
