/** Applications of SRX policies: protocols and ports, sets of them, and what Junos defines itself. */
import type { PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { portRange, protocolName } from "./ports";
import { active, at, type Node } from "./tree";

const predefined: Readonly<Record<string, ServiceTerm>> = {
  "junos-https": { protocol: "tcp", ports: [{ from: 443, to: 443 }] },
  "junos-tcp-any": { protocol: "tcp" },
};

export function serviceOf(names: readonly Node[], system: Node): Service {
  const terms: ServiceTerm[] = [];
  const unknown: string[] = [];
  const seen = new Set<string>();
  const waiting = names.map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const own = at(system, "applications", "application", name);
    const set = at(system, "applications", "application-set", name);
    if (own !== undefined) readApplication(own, terms, unknown);
    else if (set !== undefined) {
      for (const kind of ["application", "application-set"]) {
        waiting.push(...active(at(set, kind)).map((one) => one.name));
      }
    } else if (name === "any") terms.push({ protocol: "any" });
    else if (Object.hasOwn(predefined, name)) terms.push(predefined[name] as ServiceTerm);
    // No other application that Junos defines is on port 443 of TCP.
    else if (!name.startsWith("junos-")) unknown.push(name.slice(0, 80));
  }
  return { terms, ...(unknown.length === 0 ? {} : { unknown }) };
}

function readApplication(application: Node, terms: ServiceTerm[], unknown: string[]): void {
  const parts = [application, ...active(at(application, "term"))].filter((one) => at(one, "protocol") !== undefined);
  if (parts.length === 0) unknown.push(application.name.slice(0, 80));
  for (const part of parts) {
    const protocol = protocolName(active(at(part, "protocol"))[0]?.name ?? "any");
    const ports = rangesOf(at(part, "destination-port"));
    const sourcePorts = rangesOf(at(part, "source-port"));
    if (ports === "unknown" || sourcePorts === "unknown") unknown.push(application.name.slice(0, 80));
    else {
      terms.push({
        protocol,
        ...(ports === undefined ? {} : { ports }),
        ...(sourcePorts === undefined ? {} : { sourcePorts }),
      });
    }
  }
}

/** The ports below a statement; undefined when there is none. */
export function rangesOf(holder: Node | undefined): readonly PortRange[] | undefined | "unknown" {
  if (holder === undefined) return undefined;
  const ranges = active(holder).map(({ name }) => portRange(name));
  const read = ranges.filter((range) => range !== undefined);
  return read.length === ranges.length && read.length > 0 ? read : "unknown";
}
