/** Which interfaces and zones face the outside: a policy from the inside admits nobody from there, whatever its sources. */
import { type Named, type Scope, spaceOf, wordOf } from "./tables";

const outwardNames = /^(wan\d*|virtual-wan-link)$/i;

/**
 * The names of a scope's outward interfaces and zones: with the role `wan`, an address from the provider (DHCP, PPPoE), a
 * default route, membership in SD-WAN, or a usual name. Interfaces stand in the global part where there are VDOMs.
 */
export function outwardOf(scope: Scope, global: Scope): ReadonlySet<string> {
  const outward = new Set<string>();
  for (const from of new Set([global, scope])) {
    for (const object of spaceOf(from, "interface").values()) if (facesOut(object)) outward.add(object.name);
  }
  for (const object of spaceOf(scope, "sdwan").values()) {
    if (object.table === "router static") {
      if (isDefaultRoute(object)) add(outward, object, "device");
    } else if (object.table === "system sdwan zone") outward.add(object.name.slice("system sdwan zone ".length));
    else if (object.table !== undefined) {
      add(outward, object, "interface");
      add(outward, object, "zone");
      outward.add("virtual-wan-link");
    }
  }
  for (const zone of spaceOf(scope, "zone").values()) {
    if (zone.values.get("interface")?.words.some((name) => outward.has(name)) === true) outward.add(zone.name);
  }
  return outward;
}

function facesOut(object: Named): boolean {
  const mode = wordOf(object, "mode");
  return wordOf(object, "role") === "wan" || mode === "dhcp" || mode === "pppoe" || outwardNames.test(object.name);
}

function isDefaultRoute(route: Named): boolean {
  const [destination = "0.0.0.0"] = route.values.get("dst")?.words ?? [];
  return (
    /^0\.0\.0\.0(\/0)?$/.test(destination) && !route.values.has("dstaddr") && !route.values.has("internet-service")
  );
}

function add(outward: Set<string>, object: Named, key: string): void {
  for (const word of object.values.get(key)?.words ?? []) outward.add(word);
}

/** Whether traffic from outside can come by these interfaces; `unknown` where nothing says which those are. */
export function comesFromOutside(
  interfaces: readonly string[],
  outward: ReadonlySet<string>,
): "yes" | "no" | "unknown" {
  if (interfaces.length === 0 || interfaces.includes("any")) return "yes";
  if (interfaces.some((name) => outward.has(name) || outwardNames.test(name))) return "yes";
  return outward.size > 0 ? "no" : "unknown";
}
