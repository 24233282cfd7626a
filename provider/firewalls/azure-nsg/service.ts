/** Protocol and ports of a rule. */
import type { PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { isExpression, propertyOf } from "../arm";
import { type Place, placesIn, shownNode, shownText } from "../document";
import { textOf } from "../json";

interface Ports {
  /** Absent: all. */
  readonly ranges?: readonly PortRange[];
  readonly unknown: readonly string[];
}

export function readService(rule: Place): Service {
  const at = propertyOf(rule, "protocol");
  const protocol = textOf(at?.node)?.toLowerCase();
  const own = readPorts(rule, "destination");
  const callers = readPorts(rule, "source");
  const unknown = [...own.unknown, ...callers.unknown];
  if (protocol === undefined || protocol === "" || isExpression(protocol)) {
    return { terms: [], unknown: [...unknown, protocol === undefined ? "no protocol" : shownText(protocol)] };
  }
  // With ports that are not known the rule may match more than it says, and less than all.
  if (unknown.length > 0) return { terms: [], unknown };
  const term: ServiceTerm = {
    protocol: protocol === "*" ? "any" : protocol,
    ...(own.ranges === undefined ? {} : { ports: own.ranges }),
    ...(callers.ranges === undefined ? {} : { sourcePorts: callers.ranges }),
  };
  return { terms: [term] };
}

/** Singular and plural together; one of them is empty. */
function readPorts(rule: Place, side: "source" | "destination"): Ports {
  const one = propertyOf(rule, `${side}PortRange`);
  const several = propertyOf(rule, `${side}PortRanges`);
  const nodes = [
    ...(one === undefined || textOf(one.node) === "" ? [] : [one]),
    ...(several === undefined ? [] : (placesIn(several) ?? [several])),
  ];
  if (nodes.length === 0) return { unknown: [`no ${side} ports`] };
  const ranges: PortRange[] = [];
  const unknown: string[] = [];
  for (const { node } of nodes) {
    const text = node.kind === "number" ? String(node.value) : textOf(node)?.trim();
    if (text === "*") return { unknown: [] };
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? "") ?? [];
    if (from === undefined || Number(to) > 65_535) unknown.push(shownNode(node));
    else ranges.push({ from: Number(from), to: Number(to) });
  }
  return { ranges, unknown };
}
