/** `allowed` and `denied`: protocols by name or number, ports as numbers and ranges in text. */
import type { PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { items, type JsonNode, member, textOf } from "../json";

const names: Readonly<Record<string, string>> = { all: "any", "1": "icmp", "6": "tcp", "17": "udp", "132": "sctp" };

export function readService(node: JsonNode | undefined): Service {
  const terms: ServiceTerm[] = [];
  const unknown: string[] = node?.kind === "array" ? [] : ["a protocol that is not understood"];
  for (const one of items(node)) {
    const said = textOf(member(one, "IPProtocol"))?.toLowerCase();
    if (said === undefined || !/^([a-z][a-z\d-]{0,20}|\d{1,3})$/.test(said)) {
      unknown.push("a protocol that is not understood");
      continue;
    }
    const protocol = names[said] ?? said;
    const ports = member(one, "ports");
    if (ports === undefined || (ports.kind === "array" && ports.items.length === 0)) {
      terms.push({ protocol });
      continue;
    }
    const ranges = items(ports).map(readPorts);
    const read = ranges.filter((range) => range !== undefined);
    if (read.length > 0) terms.push({ protocol, ports: read });
    if (read.length < ranges.length || ports.kind !== "array") unknown.push(`ports of ${protocol}`);
  }
  return { terms, ...(unknown.length === 0 ? {} : { unknown }) };
}

function readPorts(node: JsonNode): PortRange | undefined {
  const text = node.kind === "number" ? String(node.value) : textOf(node);
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? "");
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to && to <= 65_535 ? { from, to } : undefined;
}
