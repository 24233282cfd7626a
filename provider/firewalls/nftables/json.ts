/**
 * The output of `nft -j list ruleset`. Source: libnftables-json(5). Flags are an array in versions until the spring of 2025,
 * a string for one flag since; both are read.
 */
import type { Notes } from "../document";
import { readDocument, shownText } from "../document";
import { items, type JsonNode, member, textOf } from "../json";
import { quotable } from "../lines";
import type { Verdict } from "../netfilter/chains";
import { commandsOn } from "./commands";
import { commentOf, foreignVerdict } from "./expressions";
import {
  addElements,
  chainOf,
  type Element,
  type Expression,
  type Operator,
  type Place,
  type Ruleset,
  type Statement,
  setOf,
  tableOf,
} from "./ruleset";
import { typeOf } from "./setLines";
import { extension } from "./statements";
import { textOfStatements, written } from "./write";

export function readJsonRuleset(text: string, ruleset: Ruleset, notes: Notes): void {
  const { root, cut } = readDocument(text, notes);
  if (cut !== undefined) ruleset.doubts.push({ line: cut.line, why: "the document stops early" });
  const objects = member(root, "nftables");
  if (objects?.kind !== "array" && root !== undefined) {
    notes.add(root.line, "the document has no array `nftables`");
    ruleset.doubts.push({ line: root.line, why: "the document is not what nft prints" });
  }
  const commands = commandsOn(ruleset, notes.add);
  items(objects).forEach((node, at) => {
    const path = `nftables[${at}]`;
    if (node.kind !== "object") {
      unread(node.line, path, ruleset, notes);
      return;
    }
    for (const [word, content] of node.members) {
      if (word === "add" || word === "create") {
        // What `nft -j -f` takes: the same objects within a command.
        if (content.kind === "object") {
          for (const [thing, inner] of content.members) readObject(thing, inner, `${path}.${word}.${thing}`);
        }
      } else readObject(word, content, `${path}.${word}`);
    }
  });

  function readObject(word: string, content: JsonNode, path: string): void {
    const place: Place = { line: content.line, path };
    const names = { family: textOf(member(content, "family")) ?? "ip", table: textOf(member(content, "table")) ?? "" };
    const name = textOf(member(content, "name")) ?? "";
    switch (word) {
      case "metainfo":
      case "counter":
      case "quota":
      case "limit":
      case "flowtable":
      case "ct helper":
      case "ct timeout":
      case "ct expectation":
      case "secmark":
      case "synproxy":
      case "tunnel":
        return;
      case "table":
        if (flagsOf(content).includes("dormant")) tableOf(ruleset, names.family, name, place).dormant = true;
        else tableOf(ruleset, names.family, name, place);
        return;
      case "chain": {
        const chain = chainOf(tableOf(ruleset, names.family, names.table, place), name, place);
        const hook = textOf(member(content, "hook"));
        if (hook === undefined) return;
        const device = member(content, "dev");
        const devices = (device?.kind === "array" ? device.items : device === undefined ? [] : [device]).flatMap(
          (one) => textOf(one) ?? [],
        );
        const type = textOf(member(content, "type")) ?? "filter";
        chain.base = { type, hook, priority: numberOf(member(content, "prio")) ?? 0, devices };
        chain.policy = { verdict: textOf(member(content, "policy")) ?? "accept", line: content.line };
        return;
      }
      case "set":
      case "map":
        readSet(content, names, name, place, word === "map");
        return;
      case "element": {
        const set = commands.setToFill(names.family, names.table, name, place);
        addElements(set, elementsIn(content, path));
        return;
      }
      case "rule": {
        const statements = items(member(content, "expr")).flatMap((one) => readStatement(one, place));
        const comment = textOf(member(content, "comment"));
        const handle = numberOf(member(content, "handle"));
        const chain = chainOf(
          tableOf(ruleset, names.family, names.table, place),
          textOf(member(content, "chain")) ?? "",
          place,
        );
        chain.rules.push({
          ...place,
          text: quotable(shownText(textOfStatements(statements, comment))),
          statements,
          ...(comment === undefined ? {} : { comment: shownText(comment) }),
          ...(handle === undefined ? {} : { handle }),
        });
        return;
      }
      default:
        unread(content.line, path, ruleset, notes);
    }
  }

  function readSet(
    content: JsonNode,
    names: { readonly family: string; readonly table: string },
    name: string,
    place: Place,
    isMap: boolean,
  ): void {
    const set = setOf(tableOf(ruleset, names.family, names.table, place), name, place);
    set.types = typesOf(member(content, "type"));
    if (isMap) set.maps = textOf(member(content, "map")) ?? "";
    set.flags = flagsOf(content);
    const merge = member(content, "auto-merge");
    set.merges = merge?.kind === "boolean" && merge.value;
    set.timeout = (numberOf(member(content, "timeout")) ?? 0) > 0;
    const size = numberOf(member(content, "size"));
    if (size !== undefined) set.size = size;
    addElements(set, elementsIn(content, place.path ?? ""));
  }
}

function unread(line: number, path: string, ruleset: Ruleset, notes: Notes): void {
  const why = `${quotable(path).slice(0, 80)} is not understood`;
  notes.add(line, why);
  ruleset.doubts.push({ line, why });
}

function numberOf(node: JsonNode | undefined): number | undefined {
  return node?.kind === "number" ? node.value : undefined;
}

/** One string, or an array of them. */
function flagsOf(content: JsonNode): readonly string[] {
  const flags = member(content, "flags");
  return [flags, ...items(flags)].flatMap((one) => textOf(one) ?? []);
}

function typesOf(type: JsonNode | undefined): readonly string[] {
  const ofType = member(type, "typeof");
  if (ofType !== undefined) {
    const parts = member(ofType, "concat");
    return (parts === undefined ? [ofType] : items(parts)).map((part) => typeOf(selectorOf(part) ?? ""));
  }
  return (type?.kind === "array" ? type.items : type === undefined ? [] : [type]).map((one) => textOf(one) ?? "");
}

function elementsIn(content: JsonNode, path: string): Element[] {
  const elements = member(content, "elem");
  if (elements === undefined || elements.kind === "null") return [];
  if (elements.kind !== "array") return [elementOf(elements, `${path}.elem`)];
  return elements.items.map((item, at) => elementOf(item, `${path}.elem[${at}]`));
}

/** @param path absent within a rule, whose path says enough */
function elementOf(node: JsonNode, path?: string, depth = 0): Element {
  // The usual case, written out: large sets are nothing else.
  if (node.kind === "string" && path !== undefined && plain.test(node.value)) {
    const { line, value: text } = node;
    return { value: { kind: "value", text, line }, text, line, path };
  }
  const place: Place = path === undefined ? { line: node.line } : { line: node.line, path };
  // In a map: what it is, and what it leads to.
  const pair = node.kind === "array" && node.items.length === 2 ? node.items : undefined;
  const verdict = pair === undefined ? undefined : verdictOf(pair[1]);
  const key = pair === undefined ? node : (pair[0] as JsonNode);
  const wrapped = member(key, "elem");
  const value = readExpression(wrapped === undefined ? key : member(wrapped, "val"), place, depth);
  const timeout = numberOf(member(wrapped, "timeout"));
  const expires = numberOf(member(wrapped, "expires"));
  const comment = textOf(member(wrapped, "comment"));
  const options = [
    timeout === undefined ? "" : ` timeout ${timeout}s`,
    expires === undefined ? "" : ` expires ${expires}s`,
    comment === undefined ? "" : commentOf(comment),
  ].join("");
  return {
    ...place,
    value,
    text: `${value.kind === "value" ? value.text : shownText(written(value))}${options}`,
    ...(verdict === undefined ? {} : { verdict }),
    ...(timeout !== undefined && timeout > 0 ? { expires: true } : {}),
  };
}

/** Addresses and most names: nothing in them has to be cleaned. */
const plain = /^[\w.:/*-]{1,100}$/;

/** How deep expressions may nest; deeper ones are in no rule. */
const deepest = 12;

function readExpression(node: JsonNode | undefined, place: Place, depth = 0): Expression {
  if (node === undefined || depth > deepest) return { kind: "unknown", text: "?" };
  const here = place.path === undefined ? { line: node.line } : { ...place, line: node.line };
  switch (node.kind) {
    case "string": {
      // Names hold no line ends and no quotes; whatever does is not understood as one either.
      if (node.value.startsWith("@")) return { kind: "reference", name: node.value.slice(1) };
      return { kind: "value", text: plain.test(node.value) ? node.value : shownText(node.value), ...here };
    }
    case "number":
    case "boolean":
      return { kind: "value", text: String(node.value), ...here };
    case "array":
      return { kind: "list", items: node.items.map((item) => readExpression(item, place, depth + 1)) };
    case "null":
      return { kind: "unknown", text: "null" };
    case "object":
      return readWrapped(node, place, depth + 1);
  }
}

function readWrapped(node: JsonNode, place: Place, depth: number): Expression {
  const here = place.path === undefined ? { line: node.line } : { ...place, line: node.line };
  const prefix = member(node, "prefix");
  if (prefix !== undefined) {
    const address = textOf(member(prefix, "addr"));
    const length = numberOf(member(prefix, "len"));
    if (address === undefined || length === undefined) return { kind: "unknown", text: "prefix" };
    return { kind: "value", text: shownText(`${address}/${length}`), ...here };
  }
  const range = member(node, "range");
  if (range !== undefined) {
    const [first, last] = items(range).map((one) => readExpression(one, place, depth));
    if (first?.kind !== "value" || last?.kind !== "value") return { kind: "unknown", text: "range" };
    return { kind: "value", text: `${first.text}-${last.text}`, ...here };
  }
  const set = member(node, "set");
  if (set !== undefined) {
    const inner = set.kind === "array" ? set.items : [set];
    return { kind: "set", elements: inner.map((one) => elementOf(one, undefined, depth)) };
  }
  const concat = member(node, "concat");
  if (concat !== undefined)
    return { kind: "concat", parts: items(concat).map((one) => readExpression(one, place, depth)) };
  const either = member(node, "|");
  if (either !== undefined) {
    const parts = items(either).flatMap((one) => {
      const part = readExpression(one, place, depth);
      return part.kind === "list" ? part.items : [part];
    });
    return { kind: "list", items: parts };
  }
  const element = member(node, "elem");
  if (element !== undefined) return readExpression(member(element, "val"), place, depth);
  return { kind: "unknown", text: shownText([...(node.kind === "object" ? node.members.keys() : [])].join(" ")) };
}

/** What is compared, as the text has it: `ip saddr`, `meta iifname`, `fib daddr type`. */
function selectorOf(node: JsonNode | undefined): string | undefined {
  const payload = member(node, "payload");
  if (payload !== undefined) {
    const [tunnel, protocol, field] = ["tunnel", "protocol", "field"].map((name) => textOf(member(payload, name)));
    // Within a tunnel it is another packet that is looked at.
    const inside = tunnel === undefined ? "" : `${tunnel} `;
    if (protocol !== undefined && field !== undefined) return `${inside}${protocol} ${field}`;
    const bits = ["base", "offset", "len"].map((name) => member(payload, name));
    return `@${bits.map((bit) => textOf(bit) ?? numberOf(bit) ?? "?").join(",")}`;
  }
  const meta = textOf(member(member(node, "meta"), "key"));
  if (meta !== undefined) return `meta ${meta}`;
  const tracking = member(node, "ct");
  if (tracking !== undefined) {
    const words = [textOf(member(tracking, "dir")), textOf(member(tracking, "key"))];
    return `ct ${words.filter((word) => word !== undefined).join(" ")}`;
  }
  const fib = member(node, "fib");
  if (fib !== undefined) {
    const flags = member(fib, "flags");
    const keys = [flags, ...items(flags)].flatMap((one) => textOf(one) ?? []);
    return `fib ${keys.join(" . ")} ${textOf(member(fib, "result")) ?? ""}`;
  }
  if (node?.kind !== "object") return undefined;
  const [kind] = node.members.keys();
  return kind === undefined || kind === "concat" || kind === "&" ? undefined : shownText(kind);
}

interface Left {
  readonly selectors: readonly string[];
  readonly mask?: Expression;
}

function leftOf(node: JsonNode | undefined, place: Place): Left | undefined {
  const concat = member(node, "concat");
  const masked = items(member(node, "&"));
  const parts = concat === undefined ? [masked[0] ?? node] : items(concat);
  const selectors = parts.map(selectorOf);
  if (selectors.length === 0 || selectors.some((one) => one === undefined)) return undefined;
  return {
    selectors: selectors as string[],
    ...(masked.length < 2 ? {} : { mask: readExpression(masked[1], place) }),
  };
}

const operators: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">=", "in"]);

function readStatement(node: JsonNode, place: Place): readonly Statement[] {
  const [entry, ...more] = node.kind === "object" ? [...node.members] : [];
  // What has no form in JSON stands there as text: `jump { … }`.
  if (entry === undefined || more.length > 0) return [{ kind: "condition", text: "a statement" }, doubtfulVerdict];
  const [word, content] = entry;
  const verdict = verdictOf(node);
  if (verdict !== undefined) return [{ kind: "verdict", verdict, ...(word === "reject" ? { text: word } : {}) }];
  switch (word) {
    case "match": {
      const left = leftOf(member(content, "left"), place);
      const operator = textOf(member(content, "op")) ?? "==";
      if (left === undefined || !operators.has(operator)) return [{ kind: "condition", text: "match" }];
      const value = readExpression(member(content, "right"), place);
      return [{ kind: "match", ...left, operator: operator as Operator, value }];
    }
    case "vmap": {
      const left = leftOf(member(content, "key"), place);
      // With a mask the keys are not what they say.
      if (left === undefined || left.mask !== undefined) return [{ kind: "condition", text: word }, doubtfulVerdict];
      return [{ kind: "verdictMap", selectors: left.selectors, map: readExpression(member(content, "data"), place) }];
    }
    case "counter":
    case "log":
    case "mangle":
    case "notrack":
    case "flow":
    case "ct helper":
    case "ct timeout":
    case "ct expectation":
    case "dup":
    case "tproxy":
    case "synproxy":
    case "secmark":
    case "last":
      return [];
    case "set":
    case "map":
      return items(member(content, "stmt")).some((one) => /limit|quota|ct count/.test(JSON.stringify([...keysOf(one)])))
        ? [{ kind: "condition", text: "add with a rate" }]
        : [];
    case "xt":
      return extension(textOf(member(content, "type")) ?? "", shownText(textOf(member(content, "name")) ?? ""));
    case "masquerade":
    case "snat":
    case "dnat":
    case "redirect": {
      const to = word === "masquerade" || word === "snat" ? "source" : "destination";
      return [
        { kind: "translate", to },
        { kind: "verdict", verdict: { kind: "accept" } },
      ];
    }
    default:
      return [{ kind: "condition", text: quotable(shownText(word)).slice(0, 40) }];
  }
}

const doubtfulVerdict: Statement = { kind: "verdict", verdict: foreignVerdict("a verdict") };

function keysOf(node: JsonNode): Iterable<string> {
  return node.kind === "object" ? node.members.keys() : [];
}

function verdictOf(node: JsonNode | undefined): Verdict | undefined {
  const [entry, ...more] = node?.kind === "object" ? [...node.members] : [];
  if (entry === undefined || more.length > 0) return undefined;
  const [word, content] = entry;
  switch (word) {
    case "accept":
    case "drop":
    case "continue":
    case "return":
      return { kind: word };
    case "reject":
      return { kind: "drop" };
    case "jump":
    case "goto":
      return { kind: word, chain: textOf(member(content, "target")) ?? "a chain without a name" };
    case "queue":
      return foreignVerdict("a program (queue)");
    case "fwd":
      return foreignVerdict("another device (fwd)");
    default:
      return undefined;
  }
}
