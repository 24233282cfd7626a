/**
 * PAN-OS in the set format, of firewalls and Panorama: `set`, and the commands that change it (`delete`, `move`,
 * `rename`). What has nothing to do with addresses, rules or zones is left out without a word.
 */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { modelOf } from "../panos/model";
import {
  type ObjectKind,
  objectIn,
  objectKinds,
  type PanObject,
  type Position,
  panStore,
  type RuleBook,
  type Scope,
  type Store,
  setValues,
  type Value,
} from "../panos/store";
import { eachCommand, type Part } from "./words";

export function parsePanosSet(text: string, file: string): Model {
  const notes = noteCollector();
  const store = panStore();
  eachCommand(text, notes, (verb, parts, line) => {
    const place = placeOf(parts, store);
    if (place === undefined) return;
    const { scope, rest } = place;
    switch (verb) {
      case "set":
        set(store, scope, rest, line);
        return;
      case "delete":
        remove(scope, rest);
        return;
      case "move":
        move(scope, rest);
        return;
      default:
        notes.add(line, "rename is not followed: the old name stays");
    }
  });
  return modelOf(store, notes, file, "panos-set");
}

function word(part: Part | undefined): string | undefined {
  return part === undefined || "length" in part ? undefined : part.text;
}

interface Place {
  readonly scope: Scope;
  readonly rest: readonly Part[];
}

/** The scope that a command is about, and the words after it. Templates hold no addresses. */
function placeOf(parts: readonly Part[], store: Store): Place | undefined {
  let scope: Scope | undefined;
  let at = 0;
  for (;;) {
    const first = word(parts[at]);
    const second = word(parts[at + 1]);
    if (first === "config" || first === "readonly" || first === "panorama") at++;
    else if (first === "devices") at += 2;
    else if (first === "shared") {
      scope = store.scope("shared", "shared");
      at++;
    } else if ((first === "vsys" || first === "device-group") && second !== undefined) {
      scope = store.scope(first, second);
      at += 2;
    } else if (first === "template" || first === "template-stack" || first === undefined) return undefined;
    else break;
  }
  return { scope: scope ?? store.scope("vsys", ""), rest: parts.slice(at) };
}

const positions: Readonly<Record<string, Position>> = {
  "pre-rulebase": "pre",
  rulebase: "local",
  "post-rulebase": "post",
};

/** `rulebase security rules`, and what follows. */
function bookOf(scope: Scope, rest: readonly Part[]): { book: RuleBook; rest: readonly Part[] } | undefined {
  const position = positions[word(rest[0]) ?? ""];
  if (position === undefined || word(rest[1]) !== "security" || word(rest[2]) !== "rules") return undefined;
  return { book: scope.books[position], rest: rest.slice(3) };
}

function isKind(name: string | undefined): name is ObjectKind {
  return (objectKinds as readonly (string | undefined)[]).includes(name);
}

function set(store: Store, scope: Scope, rest: readonly Part[], line: number): void {
  const [first, second] = [word(rest[0]), word(rest[1])];
  const book = bookOf(scope, rest);
  if (book !== undefined) {
    const name = word(book.rest[0]);
    if (name !== undefined) setAttribute(book.book.rule(name, line), book.rest.slice(1));
    return;
  }
  if (isKind(first) && second !== undefined) {
    setAttribute(objectIn(scope.objects[first], second, line), rest.slice(2));
    return;
  }
  if (first !== undefined && positions[first] !== undefined && second === "default-security-rules") {
    const name = word(rest[3]);
    if (name !== undefined) setAttribute(objectIn(scope.defaults, name, line), rest.slice(4));
    return;
  }
  if (first === "parent-dg") scope.parent = second;
  else if (first === "network") setRoute(store, rest, line);
}

function setRoute(store: Store, rest: readonly Part[], line: number): void {
  const words = rest.map((part) => word(part) ?? "");
  const at = words.indexOf("static-route");
  if (at < 0 || words[at + 1] === undefined) return;
  const path = words.slice(0, at + 2).join(" ");
  setAttribute(objectIn(store.routes, path, line), rest.slice(at + 2));
}

/** How many words name the attribute, where it is not one. */
const longer: Readonly<Record<string, number>> = { dynamic: 2, protocol: 3, network: 2, target: 2, type: 3 };

function setAttribute(object: PanObject, rest: readonly Part[]): void {
  const { attribute, values } = attributeOf(rest);
  if (attribute !== undefined) setValues(object, attribute, values);
}

function attributeOf(rest: readonly Part[]): { attribute?: string; values: readonly Value[] } {
  const first = word(rest[0]);
  if (first === undefined) return { values: [] };
  const count = Math.min(longer[first] ?? 1, rest.length);
  let attribute = first;
  for (let at = 1; at < count; at++) attribute += ` ${word(rest[at]) ?? ""}`;
  return { attribute, values: rest.slice(count).flat() as Value[] };
}

function remove(scope: Scope, rest: readonly Part[]): void {
  const [first, second] = [word(rest[0]), word(rest[1])];
  const book = bookOf(scope, rest);
  const [name, after] = book === undefined ? [second, rest.slice(2)] : [word(book.rest[0]), book.rest.slice(1)];
  if (name === undefined || (book === undefined && !isKind(first))) return;
  const objects = isKind(first) ? scope.objects[first] : undefined;
  if (after.length === 0) {
    if (book !== undefined) book.book.remove(name);
    else objects?.delete(name);
    return;
  }
  const object = book === undefined ? objects?.get(name) : book.book.get(name);
  const { attribute, values } = attributeOf(after);
  const held = attribute === undefined ? undefined : object?.attributes.get(attribute);
  if (attribute === undefined || held === undefined) return;
  for (const { text } of values) held.delete(text);
  if (values.length === 0 || held.size === 0) object?.attributes.delete(attribute);
}

function move(scope: Scope, rest: readonly Part[]): void {
  const book = bookOf(scope, rest);
  const [name, where, other] = (book?.rest ?? []).map(word);
  if (book === undefined || name === undefined) return;
  if (where === "top") book.book.moveTop(name);
  else if (where === "bottom") book.book.moveBefore(name, undefined);
  else if (where === "before" && other !== undefined) book.book.moveBefore(name, other);
  else if (where === "after" && other !== undefined) book.book.moveAfter(name, other);
}
