/** Services of rules: `port` as `443`, `8000-8010`, `>1023`, `<1024`; groups of them; Any. */
import type { PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { items, type JsonNode, member, textOf } from "../json";
import { anyUid } from "./addresses";
import { type CpObject, type ObjectStore, uidOf } from "./store";

export function serviceReader(store: ObjectStore): (references: JsonNode | undefined, negated: boolean) => Service {
  const done = new Map<string, Service>();
  const flat = (uid: string): Service => {
    const known = done.get(uid) ?? flatten(uid, store);
    done.set(uid, known);
    return known;
  };
  return (references, negated) => {
    const uids = items(references).map((node) => uidOf(node) ?? "");
    const parts = uids.map(flat);
    const unknown = [
      ...parts.flatMap((part) => part.unknown ?? []),
      ...(references?.kind === "array" ? [] : ["no service"]),
      ...(negated ? ["everything but the services named"] : []),
    ];
    return { terms: negated ? [] : parts.flatMap(({ terms }) => terms), ...(unknown.length === 0 ? {} : { unknown }) };
  };
}

function flatten(first: string, store: ObjectStore): Service {
  const terms: ServiceTerm[] = [];
  const unknown: string[] = [];
  const seen = new Set<string>();
  const waiting = [first];
  for (let uid = waiting.pop(); uid !== undefined; uid = waiting.pop()) {
    if (seen.has(uid)) continue;
    seen.add(uid);
    const object = store.get(uid);
    const members = object?.type === "service-group" ? member(object.node, "members") : undefined;
    if (uid === anyUid || object?.type === "CpmiAnyObject") terms.push({ protocol: "any" });
    else if (members?.kind === "array") waiting.push(...members.items.map((node) => uidOf(node) ?? ""));
    else {
      const term = object === undefined ? undefined : termOf(object);
      if (term === undefined) unknown.push((object?.name ?? uid).slice(0, 80));
      else terms.push(term);
    }
  }
  return { terms, ...(unknown.length === 0 ? {} : { unknown }) };
}

function termOf({ type, node }: CpObject): ServiceTerm | undefined {
  if (type === "service-icmp") return { protocol: "icmp" };
  if (type === "service-icmp6") return { protocol: "58" };
  if (type === "service-sctp") return { protocol: "132" };
  if (type !== "service-tcp" && type !== "service-udp") return undefined;
  const ports = portsOf(textOf(member(node, "port")) ?? "");
  const source = textOf(member(node, "source-port")) ?? "";
  const sourcePorts = source === "" ? undefined : portsOf(source);
  if (ports === undefined || (source !== "" && sourcePorts === undefined)) return undefined;
  return { protocol: type.slice("service-".length), ports, ...(sourcePorts === undefined ? {} : { sourcePorts }) };
}

function portsOf(text: string): readonly PortRange[] | undefined {
  const match = /^([<>]?)(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[2]);
  const [from, to] =
    match[1] === ">"
      ? [port + 1, 65_535]
      : match[1] === "<"
        ? [0, port - 1]
        : [port, match[3] === undefined ? port : Number(match[3])];
  return from <= to && to <= 65_535 ? [{ from, to }] : undefined;
}
