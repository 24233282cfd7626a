/**
 * Objects of Check Point's management API, by UID. They come from the `show-…` answers and from the dictionaries of rules;
 * a dictionary has less of them, so what has more counts.
 */
import type { noteCollector } from "../../core/allowlist/index";
import { items, type JsonNode, member, textOf } from "../json";

export type Notes = ReturnType<typeof noteCollector>;

export interface CpObject {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly scope?: string;
  readonly node: JsonNode;
}

export interface ObjectStore {
  /** Takes an object up; the UID of a reference or of an object that stands in its place. */
  add(node: JsonNode | undefined): string | undefined;
  get(uid: string): CpObject | undefined;
  all(): Iterable<CpObject>;
}

/** What an object can say beyond its name. */
const contents = [
  "members",
  "include",
  "ipv4-address",
  "ipv6-address",
  "subnet4",
  "subnet6",
  "ipv4-address-first",
  "ipv6-address-first",
  "port",
  "ip-protocol",
];

export function objectStore(): ObjectStore {
  const objects = new Map<string, CpObject>();
  const weight = (node: JsonNode): number => contents.filter((name) => member(node, name) !== undefined).length;
  const put = (node: JsonNode): string | undefined => {
    const uid = textOf(member(node, "uid"));
    if (uid === undefined) return undefined;
    const known = objects.get(uid);
    if (known !== undefined && weight(known.node) >= weight(node)) return uid;
    const scope = textOf(member(member(node, "domain"), "name"));
    objects.set(uid, {
      uid,
      name: textOf(member(node, "name")) ?? uid,
      type: textOf(member(node, "type")) ?? "",
      ...(scope === undefined ? {} : { scope }),
      node,
    });
    return uid;
  };
  return {
    add(node) {
      const text = textOf(node);
      if (text !== undefined || node === undefined) return text;
      const uid = put(node);
      // With dereferenced members, objects stand where UIDs would.
      const waiting = [...inner(node)];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (next.kind !== "object" || put(next) === undefined) continue;
        waiting.push(...inner(next));
      }
      return uid;
    },
    get: (uid) => objects.get(uid),
    all: () => objects.values(),
  };
}

function inner(node: JsonNode): readonly JsonNode[] {
  return [...items(member(node, "members")), member(node, "include"), member(node, "except")].filter(
    (one) => one !== undefined,
  );
}

/** The UID that a reference means, or the object in its place. */
export function uidOf(node: JsonNode | undefined): string | undefined {
  return textOf(node) ?? textOf(member(node, "uid"));
}

/** Whether a fault of the file can be inside of the node: half of a number is a number too. */
export function isFaulty(node: JsonNode, fault: number | undefined): boolean {
  return fault !== undefined && lastLine(node) >= fault - 1;
}

function lastLine(node: JsonNode): number {
  let at: JsonNode = node;
  for (;;) {
    const last: JsonNode | undefined = at.kind === "object" ? [...at.members.values()].at(-1) : items(at).at(-1);
    if (last === undefined) return at.line;
    at = last;
  }
}
