/** Layers as they are collected from pages, and as lists of rules: sections opened, inline layers unfolded in place. */
import { anyService, anyTerm, type Operand, type Rule, type RuleList } from "../../core/allowlist/index";
import { items, type JsonNode, member, textOf } from "../json";
import { type ReadRule, type RuleContext, readRule } from "./rules";
import type { Notes, ObjectStore } from "./store";

interface Page {
  readonly node: JsonNode;
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

export interface Layer {
  readonly uid: string;
  readonly name: string;
  readonly line: number;
  readonly pages: Page[];
}

export function addPage(layers: Map<string, Layer>, node: JsonNode, store: ObjectStore): void {
  const dictionary = member(node, "objects-dictionary");
  for (const object of items(dictionary)) store.add(object);
  // Without the dictionary, objects stand in the rules themselves.
  for (const rule of rulesIn(node)) {
    for (const column of ["source", "destination", "service", "vpn", "content", "time"]) {
      for (const object of items(member(rule, column))) store.add(object);
    }
    store.add(member(rule, "action"));
  }
  const uid = textOf(member(node, "uid")) ?? textOf(member(node, "name")) ?? `layer in line ${node.line}`;
  const number = (name: string, fallback: number): number => {
    const value = member(node, name);
    return value?.kind === "number" ? value.value : fallback;
  };
  const layer = layers.get(uid) ?? { uid, name: textOf(member(node, "name")) ?? uid, line: node.line, pages: [] };
  layers.set(uid, layer);
  layer.pages.push({ node, from: number("from", 1), to: number("to", 0), total: number("total", 0) });
}

export interface LayerContext extends RuleContext {
  readonly layers: ReadonlyMap<string, Layer>;
  readonly notes: Notes;
  readonly fault: number | undefined;
}

/** Layers that no rule of another layer applies: each is a list, and together they must all let traffic pass. */
export function layerLists(context: LayerContext): RuleList[] {
  const read = new Map<string, readonly Item[]>();
  for (const [uid, layer] of context.layers) read.set(uid, readLayer(layer, context));
  const inline = new Set([...read.values()].flat().flatMap((item) => ("inline" in item ? (item.inline ?? []) : [])));
  const tops = [...context.layers.values()].filter(({ uid }) => !inline.has(uid));
  const lists = (tops.length > 0 ? tops : [...context.layers.values()]).map((layer): RuleList => {
    const budget = { left: mostUnfolded };
    const rules = unfold(layer.uid, read, undefined, new Set(), context, budget);
    return {
      id: `layer:${layer.uid}`,
      name: layer.name,
      kind: "access layer",
      line: layer.line,
      evaluation: "first-match",
      use: "inbound",
      rules,
    };
  });
  return lists.length > 1 ? withCombination(lists, context) : lists;
}

/** Rules that inline layers may unfold to in one list; a layer that applies itself would never end. */
const mostUnfolded = 200_000;

/** Every ordered layer must accept. The denies of the others can take what one permits. */
function withCombination(lists: readonly RuleList[], { notes }: LayerContext): RuleList[] {
  const [first, ...others] = lists as [RuleList, ...RuleList[]];
  notes.add(first.line, `${lists.length} layers: traffic passes what all of them accept; --rule judges one alone`);
  const denies = others.flatMap(({ name, rules }) =>
    rules
      .filter(({ action }) => action === "deny")
      .map((rule): Rule => ({ ...rule, uncertain: rule.uncertain ?? `decided in the layer ${name}` })),
  );
  const together: RuleList = {
    ...first,
    id: "layers",
    name: lists.map(({ name }) => name).join(" + "),
    kind: "access layers",
    rules: [...denies, ...first.rules],
  };
  return [together, ...lists.map((list): RuleList => ({ ...list, use: "outbound" }))];
}

type Item = ReadRule | { readonly gap: Rule[] };

/** The rules of a layer, with what is doubtful where a page is missing. */
function readLayer(layer: Layer, context: LayerContext): readonly Item[] {
  const pages = [...layer.pages].sort((a, b) => a.from - b.from);
  const out: Item[] = [];
  let next = 1;
  let total = 0;
  const gap = (line: number, what: string): void => {
    context.notes.add(line, `layer ${layer.name.slice(0, 80)}: ${what}`);
    out.push({ gap: doubt(line, what) });
  };
  for (const { node, from, to, total: all } of pages) {
    if (from > next) gap(node.line, `rules ${next} to ${from - 1} are not in the file`);
    for (const rule of rulesIn(node)) out.push(readRule(rule, context));
    next = Math.max(next, to + 1);
    total = Math.max(total, all);
  }
  if (next <= total) gap(layer.line, `rules ${next} to ${total} are not in the file`);
  if (context.fault !== undefined) gap(layer.line, `the file has a fault in line ${context.fault}`);
  return out;
}

/** Sections hold rules; they never nest. */
function rulesIn(page: JsonNode): readonly JsonNode[] {
  return items(member(page, "rulebase")).flatMap((node) => {
    const inner = member(node, "rulebase");
    return inner === undefined ? [node] : items(inner);
  });
}

/** Rules that nobody knows: they may permit, and they may deny. */
function doubt(line: number, why: string): Rule[] {
  const any: Operand = { entries: [{ text: "Any", line, term: anyTerm }] };
  const rule = { text: why, line, source: any, destination: any, service: anyService, enabled: true, uncertain: why };
  return [
    { ...rule, action: "deny" },
    { ...rule, action: "permit" },
  ];
}

function unfold(
  uid: string,
  read: ReadonlyMap<string, readonly Item[]>,
  outer: Rule | undefined,
  path: ReadonlySet<string>,
  context: LayerContext,
  budget: { left: number },
): Rule[] {
  const rules: Rule[] = [];
  for (const item of read.get(uid) ?? []) {
    if ("gap" in item) {
      rules.push(...item.gap.map((rule) => within(rule, outer)));
      continue;
    }
    budget.left -= item.rules.length + 1;
    rules.push(...item.rules.map((rule) => within(rule, outer)));
    if (item.inline === undefined || item.applies === undefined) continue;
    const applies = within(item.applies, outer);
    const known = read.has(item.inline) && !path.has(item.inline) && item.inline !== uid && budget.left > 0;
    if (!known) {
      const why = "its inline layer is not in the file";
      context.notes.add(item.applies.line, why);
      rules.push({ ...applies, action: "permit", uncertain: why }, { ...applies, action: "deny", uncertain: why });
      continue;
    }
    rules.push(...unfold(item.inline, read, applies, new Set([...path, uid]), context, budget));
    // What no rule of the layer takes is dropped by it, and does not come back.
    rules.push({ ...applies, action: "deny", text: `${applies.text} (implicit cleanup)` });
  }
  return rules;
}

/** A rule of an inline layer is for what the rule that applies the layer matches too. */
function within(rule: Rule, outer: Rule | undefined): Rule {
  if (outer === undefined) return rule;
  const source = both(rule.source, outer.source);
  const destination = both(rule.destination, outer.destination);
  const anyInside = rule.service.terms.some(({ protocol, ports }) => protocol === "any" && ports === undefined);
  const anyOutside = outer.service.terms.some(({ protocol, ports }) => protocol === "any" && ports === undefined);
  const service = anyInside ? outer.service : rule.service;
  const same = JSON.stringify(rule.service) === JSON.stringify(outer.service);
  const narrow = source === undefined || destination === undefined || !(anyInside || anyOutside || same);
  const why = [
    ...[rule.uncertain, outer.uncertain].filter((one) => one !== undefined),
    ...(narrow ? [`only for what the rule in line ${outer.line} matches too`] : []),
  ];
  return {
    ...rule,
    source: source ?? rule.source,
    destination: destination ?? rule.destination,
    service,
    enabled: rule.enabled && outer.enabled,
    ...(why.length === 0 ? {} : { uncertain: [...new Set(why)].join(", ") }),
  };
}

/** Both operands at once, where one of them is everything or they are the same; undefined: cannot be written as one. */
function both(inner: Operand, outer: Operand): Operand | undefined {
  const isAny = ({ entries, negated }: Operand): boolean =>
    negated !== true && entries.some(({ term }) => term.kind === "any" && term.family === undefined);
  if (isAny(inner)) return outer;
  if (isAny(outer)) return inner;
  const key = ({ entries, negated }: Operand): string =>
    `${negated === true} ${entries.map(({ term }) => JSON.stringify(term)).join(" ")}`;
  return key(inner) === key(outer) && !key(inner).includes('"unknown"') ? inner : undefined;
}
