/** What is judged: a named list, a rule or list of rules, or everything inbound. */
import { closeNames } from "../closeNames";
import { MsemError } from "../errors";
import type { Model, NamedSet, Rule, RuleList } from "./model";

/** What the user asks about. */
export type Subject =
  /** Members alone. Several names where a configuration keeps one list per family. */
  | { readonly kind: "list"; readonly names: readonly string[] }
  /** A rule, or a whole list of rules, with what stronger rules take away. */
  | { readonly kind: "rule"; readonly name: string }
  /** Every inbound permit that could admit HTTPS; the only list, in a format that has no rules. */
  | { readonly kind: "inbound" };

/** The parts of the model that the subject means. */
export interface Selection {
  /** `object-group network SCUBA-SOURCES`. */
  readonly title: string;
  /** The sets whose members are judged; then `rules` is empty. */
  readonly sets: readonly NamedSet[];
  readonly rules: readonly SelectedRules[];
  /** Whether foreign entries are worth a word: not where everything inbound is judged. */
  readonly narrow: boolean;
  readonly warnings: readonly string[];
}

export interface SelectedRules {
  readonly list: RuleList;
  /** The permits that are judged; all of the list's enabled ones when absent. */
  readonly only?: readonly Rule[];
  /** Members alone: denies take nothing away. */
  readonly membersOnly?: boolean;
}

/** @throws MsemError `MSEM_INVALID` when there is no such list or rule (with close names), or it is ambiguous */
export function select(model: Model, subject: Subject): Selection {
  switch (subject.kind) {
    case "list":
      return selectLists(model, subject.names);
    case "rule":
      return selectRule(model, subject.name);
    case "inbound":
      return selectInbound(model);
  }
}

function selectLists(model: Model, names: readonly string[]): Selection {
  const parts = names.map((name) => findList(model, name));
  return {
    title: parts.map(({ title }) => title).join(" and "),
    sets: [...new Set(parts.flatMap(({ sets }) => sets))],
    rules: parts.flatMap(({ rules }) => rules.map((list) => ({ list, membersOnly: true }))),
    narrow: true,
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}

interface FoundList {
  readonly title: string;
  readonly sets: readonly NamedSet[];
  readonly rules: readonly RuleList[];
  readonly warnings: readonly string[];
}

function findList(model: Model, name: string): FoundList {
  const sets = matching(model.sets, name);
  const rules = matching(model.ruleLists, name);
  const [first] = sets;
  if (first !== undefined) {
    const families = new Set(sets.map(({ family }) => family));
    // One name for the IPv4 and the IPv6 list is a pair; any other repetition needs the user's word.
    if (sets.length > 1 && (families.size !== sets.length || families.has(undefined))) {
      throw ambiguous(model, "list", name, sets);
    }
    const also =
      rules.length > 0 ? [`${describe(rules[0] as RuleList)} has the same name; the members are judged`] : [];
    return { title: describe(first), sets, rules: [], warnings: also };
  }
  if (rules.length > 1) throw ambiguous(model, "list", name, rules);
  if (rules.length === 1) return { title: describe(rules[0] as RuleList), sets: [], rules, warnings: [] };
  throw notFound(model, "list", name, [...model.sets, ...model.ruleLists]);
}

function selectRule(model: Model, name: string): Selection {
  const lists = matching(model.ruleLists, name);
  if (lists.length > 1) throw ambiguous(model, "rule", name, lists);
  const [list] = lists;
  if (list !== undefined) return ruleSelection(describe(list), [{ list }]);
  const named = model.ruleLists
    .map((one) => ({ list: one, only: matchingRules(one, name) }))
    .filter(({ only }) => only.length > 0);
  if (named.length > 1) {
    throw ambiguous(
      model,
      "rule",
      name,
      named.map(({ list: one }) => one),
    );
  }
  const [found] = named;
  if (found === undefined) {
    const rules = model.ruleLists.flatMap(({ rules: all }) => all.filter((rule) => rule.name !== undefined));
    throw notFound(model, "rule", name, [...model.ruleLists, ...rules]);
  }
  const permits = found.only.filter(({ action }) => action === "permit");
  if (permits.length === 0) {
    throw new MsemError("MSEM_INVALID", `${model.file}: the rule ${quoted(name)} denies; it admits nothing`, {
      hint: "Name a rule that permits.",
    });
  }
  return ruleSelection(`rule ${name}`, [{ list: found.list, only: permits }]);
}

function ruleSelection(title: string, rules: readonly SelectedRules[]): Selection {
  const warnings = rules
    .filter(({ list }) => list.use === "unbound")
    .map(({ list }) => `${describe(list)} is not in force: nothing in this file uses it`);
  return { title, sets: [], rules, narrow: rules.some(({ only }) => only !== undefined), warnings };
}

function selectInbound(model: Model): Selection {
  if (model.ruleLists.length === 0) {
    const [only] = model.sets;
    if (model.sets.length === 1 && only !== undefined) {
      return { title: describe(only), sets: [only], rules: [], narrow: true, warnings: [] };
    }
    throw new MsemError("MSEM_INVALID", `${model.file} has ${model.sets.length} lists and no rules`, {
      hint: model.sets.length === 0 ? "There is nothing to judge." : `Say which with --list: ${sample(model.sets)}.`,
    });
  }
  const inbound = model.ruleLists.filter(({ use }) => use === "inbound");
  const unbound = model.ruleLists.filter(({ use }) => use === "unbound");
  // A piece of a configuration may lack the lines that bind its lists: then all of them count.
  const judged = inbound.length > 0 ? inbound : unbound;
  if (judged.length === 0) {
    throw new MsemError("MSEM_INVALID", `${model.file} has no rules for inbound traffic`, {
      hint: "Name a list with --list or a rule with --rule.",
    });
  }
  const warnings =
    inbound.length > 0
      ? unbound.map((list) => `${describe(list)} is not judged: nothing in this file uses it (--rule judges it)`)
      : ["nothing in this file puts its rules in force; all of them are judged"];
  return {
    title: "everything inbound that admits HTTPS",
    sets: [],
    rules: judged.map((list) => ({ list })),
    narrow: false,
    warnings,
  };
}

interface Nameable {
  readonly id?: string;
  readonly name?: string;
  readonly scope?: string;
}

/** By id, by name, by scope and name; without regard to case only when nothing matches exactly. */
function matching<Item extends Nameable>(items: readonly Item[], name: string): readonly Item[] {
  const forms = ({ id, name: own, scope }: Item): readonly (string | undefined)[] => [
    own,
    id,
    scope === undefined ? undefined : `${scope}/${own}`,
  ];
  const exact = items.filter((item) => forms(item).includes(name));
  if (exact.length > 0) return exact;
  const folded = name.toLowerCase();
  return items.filter((item) => forms(item).some((form) => form?.toLowerCase() === folded));
}

function matchingRules(list: RuleList, name: string): readonly Rule[] {
  const named = list.rules.filter((rule) => rule.name !== undefined && rule.enabled);
  const qualified = (rule: Rule): boolean => rule.name === name || `${list.name}/${rule.name}` === name;
  const exact = named.filter(qualified);
  if (exact.length > 0) return exact;
  return named.filter((rule) => rule.name?.toLowerCase() === name.toLowerCase());
}

export function describe({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return name === "" ? kind : `${kind} ${name}`;
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name);
}

function sample(items: readonly Nameable[]): string {
  const names = [...new Set(items.map(({ name }) => name).filter((name) => name !== undefined && name !== ""))];
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown}, … (${names.length} in all)` : shown;
}

function notFound(model: Model, word: "list" | "rule", name: string, items: readonly Nameable[]): MsemError {
  const names = new Set(items.flatMap((item) => (item.name === undefined || item.name === "" ? [] : [item.name])));
  const close = closeNames(name, names);
  return new MsemError("MSEM_INVALID", `${model.file} has no ${word} ${quoted(name)}`, {
    hint:
      close.length > 0
        ? `Close: ${close.join(", ")}.`
        : names.size === 0
          ? `It has no named ${word}s.`
          : `It has: ${sample(items)}.`,
  });
}

function ambiguous(
  model: Model,
  word: "list" | "rule",
  name: string,
  found: readonly { readonly id: string; readonly line: number; readonly kind: string; readonly name: string }[],
): MsemError {
  const places = found.map((one) => `\n  ${model.file}:${one.line}: ${describe(one)}, by id ${quoted(one.id)}`);
  return new MsemError("MSEM_INVALID", `${model.file} has ${found.length} ${word}s ${quoted(name)}${places.join("")}`, {
    hint: "Name one by its id.",
  });
}
