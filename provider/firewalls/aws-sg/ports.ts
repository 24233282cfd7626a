/** Protocol and ports of a security group's rule: what makes two rules one list. */
import type { Service } from "../../core/allowlist/index";
import { type Place, placeOf, shownText } from "../document";
import { textOf } from "../json";

export interface PortKey {
  /** `tcp/443`, `tcp/8000-8080`, `udp`, `all`. */
  readonly text: string;
  /** As EC2 writes it; absent when it cannot be read. */
  readonly protocol?: string;
  readonly from?: number;
  readonly to?: number;
}

const numbered: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6" };

function numberAt(place: Place, name: string): number | undefined {
  const node = placeOf(place, name)?.node;
  return node?.kind === "number" ? node.value : undefined;
}

export function portKey(place: Place): PortKey {
  const written = textOf(placeOf(place, "IpProtocol")?.node)?.toLowerCase();
  if (written === undefined) return { text: `unknown@${place.path}` };
  const protocol = numbered[written] ?? written;
  if (protocol === "-1") return { text: "all", protocol };
  const from = numberAt(place, "FromPort");
  const to = numberAt(place, "ToPort");
  if (from === undefined || to === undefined) return { text: shownText(protocol), protocol };
  return { text: `${shownText(protocol)}/${from === to ? from : `${from}-${to}`}`, protocol, from, to };
}

export function serviceOf({ protocol, from, to }: PortKey): Service {
  if (protocol === undefined) return { terms: [], unknown: ["a protocol that is not understood"] };
  if (protocol === "-1") return { terms: [{ protocol: "any" }] };
  if (protocol !== "tcp" && protocol !== "udp") return { terms: [{ protocol }] };
  if (from === undefined || to === undefined || from < 0 || to < from || to > 65_535) {
    return { terms: [], unknown: [`${protocol} ports that are not understood`] };
  }
  return { terms: [{ protocol, ports: [{ from, to }] }] };
}
