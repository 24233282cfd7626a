/**
 * The language of `nft -f`: what `nft list ruleset` prints, files that people write, and commands that change a ruleset.
 * Source: nft(8).
 */
import { quotable } from "../lines";
import { type Commands, commandsOn, type Position } from "./commands";
import { endsStatement, foreignVerdict, isSign, isWord, readExpression, type Scope, skipLine } from "./expressions";
import { type Lexer, lexer, type Token } from "./lexer";
import {
  addElements,
  chainOf,
  type Definition,
  type Ruleset,
  type Statement,
  setOf,
  type Table,
  type TableChain,
  type TableRule,
  tableFamilies,
  tableOf,
  titleOf,
} from "./ruleset";
import { elementOf, readSetLine } from "./setLines";
import { readRule } from "./statements";

type Note = (line: number, message: string) => void;

interface Reading {
  readonly ruleset: Ruleset;
  readonly tokens: Lexer;
  readonly note: Note;
  readonly commands: Commands;
}

/** Variables of a block, and of those around it. */
interface Variables extends Scope {
  readonly own: Map<string, Definition>;
}

function variables(outer?: Scope): Variables {
  const own = new Map<string, Definition>();
  return { own, find: (name) => own.get(name) ?? outer?.find(name) };
}

export function readText(text: string, ruleset: Ruleset, note: Note): void {
  const reading: Reading = { ruleset, tokens: lexer(text), note, commands: commandsOn(ruleset, note) };
  const { tokens } = reading;
  const scope = variables();
  for (;;) {
    const token = tokens.peek();
    if (token.kind === "end") return;
    if (endsStatement(token)) {
      tokens.take();
      if (isSign(token, "}")) note(token.line, "a brace closes what was not opened");
    } else if (!readDeclaration(reading, scope)) readCommand(reading, scope);
  }
}

/** `define`, `include`: where a block or the file may have them. */
function readDeclaration({ ruleset, tokens, note }: Reading, scope: Variables): boolean {
  const token = tokens.peek();
  if (isWord(token, "include")) {
    tokens.take();
    const name = endsStatement(tokens.peek()) ? "" : tokens.take().text;
    const why = `${quotable(name).slice(0, 80)} is included, and not in the file`;
    note(token.line, `${why}; \`nft list ruleset\` prints everything`);
    ruleset.doubts.push({ line: token.line, why });
    return true;
  }
  if (isWord(token, "undefine")) {
    tokens.take();
    scope.own.delete(tokens.peek().text);
    skipLine(tokens);
    return true;
  }
  if (!isWord(token, "define", "redefine") || tokens.peek(1).kind !== "word") return false;
  tokens.take();
  const name = tokens.take().text;
  if (isSign(tokens.peek(), "=")) tokens.take();
  const value = readExpression(tokens, scope);
  const same = ruleset.definitions.filter((one) => one.name === name).length;
  const definition = { id: `define:${name}${same === 0 ? "" : `#${same + 1}`}`, name, value, line: token.line };
  ruleset.definitions.push(definition);
  scope.own.set(name, definition);
  return true;
}

const verbs: ReadonlySet<string> = new Set(
  "add create insert replace delete destroy flush rename reset list monitor describe export import".split(" "),
);
const silent: ReadonlySet<string> = new Set(["reset", "list", "monitor", "describe", "export", "import"]);
const things: ReadonlySet<string> = new Set(["table", "chain", "rule", "set", "map", "element", "ruleset"]);

function readCommand(reading: Reading, scope: Variables): void {
  const { tokens, note } = reading;
  // As a shell has it.
  while (isWord(tokens.peek(), "sudo") || /(^|\/)nft$/.test(tokens.peek().text)) tokens.take();
  while (tokens.peek().kind === "word" && /^-/.test(tokens.peek().text)) tokens.take();
  const first = tokens.peek();
  const verb = first.kind === "word" && verbs.has(first.text) ? tokens.take().text : "add";
  const thing = tokens.peek();
  if (silent.has(verb)) {
    skipLine(tokens);
    return;
  }
  if (thing.kind !== "word" || !things.has(thing.text)) {
    note(first.line, `not understood: ${tokens.quote(first.from, thing.to).slice(0, 80)}`);
    skipLine(tokens);
    return;
  }
  tokens.take();
  // Without a family, `ip` is meant; of a whole ruleset all of them.
  const everyFamily = thing.text === "ruleset" ? "" : "ip";
  const family = tableFamilies.has(tokens.peek().text) ? tokens.take().text : everyFamily;
  const words: string[] = [];
  // The names of table, chain or set; `handle 5` and what is like it.
  const wanted = thing.text === "table" ? 1 : thing.text === "ruleset" ? 0 : 2;
  while (words.length < wanted && (tokens.peek().kind === "word" || tokens.peek().kind === "string")) {
    words.push(tokens.take().text);
  }
  const [table = "", name = ""] = words;
  const place = { line: first.line };
  if (words.length < wanted && !(verb === "flush" || verb === "list")) {
    note(first.line, `not understood: ${tokens.quote(first.from, tokens.peek().to).slice(0, 80)}`);
    skipLine(tokens);
    return;
  }
  const adds = verb === "add" || verb === "create";
  switch (thing.text) {
    case "rule": {
      const position = positionOf(tokens);
      if (verb === "delete" || verb === "destroy") {
        reading.commands.deleteRule(family, table, name, position, place);
        break;
      }
      const rule = ruleHere(reading, scope, first);
      const known = tableOf(reading.ruleset, family, table, place);
      reading.commands.placeRule(verb, chainOf(known, name, place), rule, position);
      return;
    }
    case "element": {
      const value = readExpression(tokens, scope);
      const elements = value.kind === "set" ? value.elements : [elementOf(value, first.line)];
      if (adds) {
        const set = reading.commands.setToFill(family, table, name, place);
        addElements(set, elements);
      } else reading.commands.deleteElements(family, table, name, elements, place);
      break;
    }
    default:
      if (!adds) {
        reading.commands.remove(verb, thing.text, { family, table, name }, place);
        break;
      }
      if (thing.text === "ruleset") break;
      readBlock(reading, scope, thing.text, tableOf(reading.ruleset, family, table, place), name, first);
      return;
  }
  skipLine(tokens);
}

/** `handle 5`, `position 5`, `index 5` behind the name of the chain. */
function positionOf(tokens: Lexer): Position | undefined {
  const { kind, text } = tokens.peek();
  if (kind !== "word" || !(text === "handle" || text === "position" || text === "index")) return undefined;
  tokens.take();
  const number = tokens.peek();
  if (number.kind !== "word" || !/^\d{1,15}$/.test(number.text)) return undefined;
  tokens.take();
  return { kind: text, number: Number(number.text) };
}

/** What stands in the braces of a table, a chain or a set, if they are there. */
function readBlock(
  reading: Reading,
  scope: Variables,
  thing: string,
  table: Table,
  name: string,
  { line }: Token,
): void {
  const { tokens } = reading;
  const place = { line };
  const chain = thing === "chain" ? chainOf(table, name, place) : undefined;
  const set = thing === "set" || thing === "map" ? setOf(table, name, place) : undefined;
  if (thing === "map" && set !== undefined) set.maps ??= "";
  if (!isSign(tokens.peek(), "{")) {
    skipLine(tokens);
    return;
  }
  tokens.take();
  const inside = variables(scope);
  for (;;) {
    const token = tokens.peek();
    if (token.kind === "end") {
      cutOff(reading, token.line);
      return;
    }
    if (isSign(token, "}")) {
      tokens.take();
      return;
    }
    if (endsStatement(token)) tokens.take();
    else if (readDeclaration(reading, inside)) skipLine(tokens);
    else if (chain !== undefined) readChainLine(reading, inside, chain);
    else if (set !== undefined) readSetLine(tokens, reading.note, inside, set);
    else readTableLine(reading, inside, table);
  }
}

function cutOff({ ruleset, note }: Reading, line: number): void {
  const why = "the file stops early";
  if (ruleset.doubts.some((doubt) => doubt.why === why)) return;
  note(line, `${why}: a block is not closed`);
  ruleset.doubts.push({ line, why });
}

function readTableLine(reading: Reading, scope: Variables, table: Table): void {
  const { tokens, note } = reading;
  const first = tokens.peek();
  if (isWord(first, "chain", "set", "map")) {
    tokens.take();
    const name = endsStatement(tokens.peek()) ? "" : tokens.take().text;
    readBlock(reading, scope, first.text, table, name, first);
    return;
  }
  if (isWord(first, "flags")) {
    tokens.take();
    while (!endsStatement(tokens.peek())) if (tokens.take().text === "dormant") table.dormant = true;
    return;
  }
  const known = isWord(
    first,
    "comment",
    "counter",
    "quota",
    "limit",
    "flowtable",
    "ct",
    "secmark",
    "synproxy",
    "owner",
  );
  if (!known) note(first.line, `not understood in table ${titleOf(table)}: ${first.text.slice(0, 40)}`);
  skipLine(tokens);
}

const priorities: ReadonlyMap<string, number> = new Map([
  ["raw", -300],
  ["mangle", -150],
  ["dstnat", -100],
  ["filter", 0],
  ["security", 50],
  ["srcnat", 100],
]);

function readChainLine(reading: Reading, scope: Variables, chain: TableChain): void {
  const { tokens, note } = reading;
  const first = tokens.peek();
  if (isWord(first, "type") && isWord(tokens.peek(2), "hook")) {
    tokens.take();
    const type = tokens.take().text;
    tokens.take();
    const hook = tokens.take().text;
    const devices: string[] = [];
    let priority = "";
    for (let inPriority = false; !endsStatement(tokens.peek()); ) {
      const token = tokens.take();
      if (isWord(token, "priority")) inPriority = true;
      else if (inPriority) priority += token.text;
      else if (!isWord(token, "device", "devices") && (token.kind === "word" || token.kind === "string")) {
        devices.push(token.text);
      } else if (isSign(token, "{")) {
        while (tokens.peek().kind === "word" || tokens.peek().kind === "string" || isSign(tokens.peek(), ",")) {
          const device = tokens.take();
          if (device.kind !== "sign") devices.push(device.text);
        }
        if (isSign(tokens.peek(), "}")) tokens.take();
      }
    }
    const [, word = "", offset = ""] = /^([a-z]*)([+-]?\d*)$/.exec(priority) ?? [];
    chain.base = { type, hook, devices, priority: (priorities.get(word) ?? 0) + (Number(offset) || 0) };
    return;
  }
  if (isWord(first, "policy") && tokens.peek(1).kind === "word") {
    tokens.take();
    const { text } = tokens.take();
    const value = text.startsWith("$") ? scope.find(text.slice(1))?.value : undefined;
    const verdict = value?.kind === "value" ? value.text : text;
    chain.policy = { verdict, line: first.line };
    if (verdict !== "accept" && verdict !== "drop") {
      const why = `the policy of ${chain.name.slice(0, 80)} is not known`;
      note(first.line, why);
      reading.ruleset.doubts.push({ line: first.line, why });
    }
    return;
  }
  if (isWord(first, "comment", "flags", "devices")) {
    skipLine(tokens);
    return;
  }
  const rule = ruleHere(reading, scope, first);
  if (rule.text !== "") chain.rules.push(rule);
  if (isSign(tokens.peek(), "{")) note(first.line, "a brace stands where a rule ends");
}

const hidden: readonly Statement[] = [{ kind: "verdict", verdict: foreignVerdict("an extension of iptables") }];

function ruleHere({ tokens }: Reading, scope: Variables, { line }: Token): TableRule {
  const { from } = tokens.peek();
  const read = readRule(tokens, scope);
  const { comment } = read;
  const end = tokens.peek();
  // What a comment hides may be a condition and what becomes of the packet.
  const statements = end.hides === true ? [...read.statements, ...hidden] : read.statements;
  return {
    text: quotable(tokens.quote(from, Math.max(from, tokens.end()))),
    line,
    statements,
    ...(comment === undefined ? {} : { comment }),
    ...(end.handle === undefined ? {} : { handle: end.handle }),
  };
}
