/** Whether one rule's traffic holds another's: protocols and ports. */
import type { PortRange, Service, ServiceTerm } from "./model";

/** HTTPS from anywhere: what Microsoft's pollers send. */
export const https: ServiceTerm = { protocol: "tcp", ports: [{ from: 443, to: 443 }] };

/** How much of some traffic a rule takes. `partly` is some of it for sure; `maybe` is all of it, if the unknown is so. */
export type Share = "all" | "partly" | "none" | "maybe";

/** How much of the traffic `inner` the service takes. */
export function shareOf(outer: Service, inner: readonly ServiceTerm[]): Share {
  const shares = inner.map((term) => shareOfTerm(outer.terms, term));
  const unknown = (outer.unknown?.length ?? 0) > 0;
  if (shares.length > 0 && shares.every((share) => share === "all")) return "all";
  if (unknown) return "maybe";
  return shares.every((share) => share === "none") ? "none" : "partly";
}

function shareOfTerm(outer: readonly ServiceTerm[], inner: ServiceTerm): "all" | "partly" | "none" {
  const same = outer.filter((term) => sameProtocol(term.protocol, inner.protocol));
  if (same.some((term) => term.protocol === "any" && inner.protocol !== "any" && isWhole(term))) return "all";
  // Only rules for every caller's port take all of it: a caller's port is any of the high ones.
  const open = same.filter(({ sourcePorts }) => holdsHighPorts(sourcePorts));
  const wanted = inner.ports ?? [{ from: 0, to: 65_535 }];
  const covered = open.flatMap(({ ports }) => ports ?? [{ from: 0, to: 65_535 }]);
  const wholeProtocol = inner.protocol !== "any" || open.some((term) => term.protocol === "any");
  if (wholeProtocol && wanted.every((range) => holds(covered, range))) return "all";
  const meets = (term: ServiceTerm): boolean =>
    term.ports === undefined || term.ports.some((port) => wanted.some((range) => overlap(port, range)));
  return same.some((term) => meets(term) && meetsHighPorts(term.sourcePorts)) ? "partly" : "none";
}

function isWhole({ ports, sourcePorts }: ServiceTerm): boolean {
  return ports === undefined && sourcePorts === undefined;
}

function sameProtocol(a: string, b: string): boolean {
  return a === b || a === "any" || b === "any";
}

/** The ports that a caller's system takes by itself. */
const highPorts: PortRange = { from: 1024, to: 65_535 };

function holdsHighPorts(ports: readonly PortRange[] | undefined): boolean {
  return ports === undefined || holds(ports, highPorts);
}

function meetsHighPorts(ports: readonly PortRange[] | undefined): boolean {
  return ports === undefined || ports.some((range) => overlap(range, highPorts));
}

function overlap(a: PortRange, b: PortRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** Whether the ranges together hold this one. */
function holds(ranges: readonly PortRange[], wanted: PortRange): boolean {
  let next = wanted.from;
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from > next) break;
    if (to >= next) next = to + 1;
    if (next > wanted.to) return true;
  }
  return next > wanted.to;
}
