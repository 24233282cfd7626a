/**
 * FortiOS: backups, `show`, `show full-configuration`, and commands that change them. The configuration is a tree of
 * `config`, `edit` and `set`; only the tables that decide about addresses are kept.
 */
import { type Model, type NamedSet, noteCollector, type RuleList } from "../../core/allowlist/index";
import { addressReader } from "./addresses";
import { type Command, eachCommand } from "./commands";
import { policyList } from "./policies";
import {
  define,
  move,
  type Named,
  named,
  newScope,
  referenceSpace,
  remove,
  rename,
  retyped,
  type Scope,
  spaceOf,
  tables,
} from "./tables";

type Notes = ReturnType<typeof noteCollector>;

/** A `config` that is open, or an `edit` in it. */
interface Frame {
  /** The tables from the outermost in: `system sdwan members`. Empty directly inside of a VDOM. */
  readonly path: string;
  readonly scope: Scope;
  /** In a `config`: whether an `edit` is open in it. */
  edit: boolean;
  object: Named | undefined;
}

/** Deeper nesting than any device has is not followed: what is in there is passed over. */
const deepest = 64;

export function parseFortios(text: string, file: string): Model {
  const notes = noteCollector();
  const global = newScope("");
  const scopes = new Map<string, Scope>([["", global]]);
  const frames: Frame[] = [];
  let tooDeep = 0;

  const torn = eachCommand(text, (command) => {
    const [verb] = command.words;
    if (verb === "config") {
      if (frames.length >= deepest) tooDeep++;
      else openConfig(frames, scopes, command, notes);
      return;
    }
    if (tooDeep > 0) {
      if (verb === "end") tooDeep--;
      return;
    }
    const frame = frames.at(-1);
    if (frame === undefined) return;
    if (verb === "end") frames.pop();
    else if (verb === "next") {
      frame.edit = false;
      frame.object = undefined;
    } else if (verb === "edit") openEdit(frames, scopes, command);
    else if (frame.object === undefined) change(frame, command, notes);
    else set(frame, frame.object, command);
  });
  if (torn !== undefined) notes.add(torn, "a quote that begins here is never closed; what follows is not read");

  const externals = new Set<string>();
  for (const scope of scopes.values()) for (const name of spaceOf(scope, "external").keys()) externals.add(name);
  const addresses = addressReader(externals, notes);
  const ruleLists: RuleList[] = [];
  const sets: NamedSet[] = [];
  for (const scope of scopes.values()) {
    const list = policyList(scope, { global, addresses, notes, matchVip: matchVipOf(text), torn });
    if (list !== undefined) ruleLists.push(list);
    sets.push(...addresses.sets(scope));
  }
  return { file, vendor: "fortios", sets, ruleLists, notes: notes.notes() };
}

/** Since 7.2.4 a deny takes traffic to virtual IPs unless it says otherwise. */
function matchVipOf(text: string): "yes" | "no" | "unknown" {
  const release = /^#config-version=[^-\n]*-(\d+)\.(\d+)\.(\d+)/m.exec(text.slice(0, 4_096));
  if (release === null) return "unknown";
  const [major = 0, minor = 0, patch = 0] = release.slice(1).map(Number);
  const since = major - 7 || minor - 2 || patch - 4;
  return since >= 0 ? "yes" : "no";
}

function openConfig(frames: Frame[], scopes: ReadonlyMap<string, Scope>, { words, line }: Command, notes: Notes): void {
  const outer = frames.at(-1);
  const name = words.slice(1).join(" ");
  const scope = outer?.scope ?? (scopes.get("") as Scope);
  const inVdom = outer?.path === "vdom" || outer?.path === "global";
  const path = outer === undefined || inVdom ? name : `${outer.path} ${name}`;
  if (path === "firewall security-policy") notes.add(line, "policies of the NGFW mode are not read");
  frames.push({ path, scope, edit: false, object: undefined });
}

function openEdit(frames: Frame[], scopes: Map<string, Scope>, { words, line }: Command): void {
  const frame = frames.at(-1) as Frame;
  const name = words[1] ?? "";
  frame.edit = true;
  frame.object = undefined;
  if (frame.path === "vdom" && frames.length === 1) {
    // All that follows up to the `next` or `end` is this VDOM's.
    const scope = scopes.get(name) ?? newScope(name);
    scopes.set(name, scope);
    frames[0] = { ...frame, scope };
    return;
  }
  if (!Object.hasOwn(tables, frame.path)) return;
  // `edit 0` makes a policy with the next free number.
  const isPolicy = tables[frame.path] === "policy" || tables[frame.path] === "policy6";
  frame.object = define(frame.scope, frame.path, isPolicy && name === "0" ? `0@${line}` : name, line);
}

/** A command about a whole object, outside of it. */
function change({ path, scope }: Frame, { words, line }: Command, notes: Notes): void {
  if (!Object.hasOwn(tables, path)) return;
  const [verb, name = "", word = "", other = ""] = words;
  switch (verb) {
    case "delete":
      remove(scope, path, name);
      return;
    case "rename":
      if (word === "to") rename(scope, path, name, other);
      return;
    case "move":
      if (!move(scope, path, name, word, other)) notes.add(line, "this move is not understood");
      return;
    case "purge":
    case "clone":
      notes.add(line, `${verb} is not understood; the table is read without it`);
      return;
  }
}

/** Where the type changes, what the old one said is gone; the device makes something else of it. */
const keptByType: ReadonlySet<string> = new Set(["subnet", "ip6", "start-ip", "end-ip", "wildcard", "fqdn"]);
const keptByProtocol: ReadonlySet<string> = new Set([
  "tcp-portrange",
  "udp-portrange",
  "sctp-portrange",
  "protocol-number",
]);

/** A command inside of an object. */
function set({ path, scope }: Frame, object: Named, { words, line }: Command): void {
  const [verb, key = "", ...values] = words;
  const space = referenceSpace(path, key);
  if (space !== undefined) {
    const references = verb === "set" ? new Map<Named, number>() : (object.refs.get(key) ?? new Map<Named, number>());
    if (verb === "unset") references.clear();
    else if (verb === "set" || verb === "append" || verb === "select") {
      for (const name of values) references.set(named(scope, space, name, line), line);
    } else if (verb === "unselect") for (const name of values) references.delete(named(scope, space, name, line));
    object.refs.set(key, references);
    return;
  }
  if (verb === "unset") object.values.delete(key);
  else if (verb === "set") {
    const before = object.values.get(key)?.words[0];
    const reset = key === "type" ? keptByType : key === "protocol" ? keptByProtocol : undefined;
    if (reset !== undefined && before !== undefined && before !== values[0]) {
      for (const old of reset) object.values.delete(old);
      if (key === "type") object.values.set(retyped, { words: [], line });
    }
    object.values.set(key, { words: values, line });
  } else if (verb === "append") {
    object.values.set(key, { words: [...(object.values.get(key)?.words ?? []), ...values], line });
  } else if (verb === "unselect") {
    const left = (object.values.get(key)?.words ?? []).filter((word) => !values.includes(word));
    object.values.set(key, { words: left, line });
  }
}
