/**
 * Which zones traffic from the internet comes in by. A permit for inner zones with any source would otherwise pass for one
 * that lets everybody in.
 */
import { usualOutside } from "../outside";
import { firstValue, type Store, valuesOf } from "./store";

export interface Outside {
  /** Whether none of the zones can be the internet's. Never, when nothing tells which one is. */
  isInside(zones: readonly string[]): boolean;
}

/** The zones of the interfaces with a default route; else those with a usual name; else nothing is known. */
export function outsideOf(store: Store): Outside {
  const interfaces = new Set<string>();
  for (const route of store.routes.values()) {
    const destination = firstValue(route, "destination");
    const by = firstValue(route, "interface");
    if ((destination === "0.0.0.0/0" || destination === "::/0") && by !== undefined) interfaces.add(by);
  }
  const routed = new Set<string>();
  const named = new Set<string>();
  for (const scope of store.scopes()) {
    for (const zone of scope.objects.zone.values()) {
      for (const kind of ["layer3", "layer2", "virtual-wire", "tap"]) {
        if (valuesOf(zone, `network ${kind}`).some(({ text }) => interfaces.has(text))) routed.add(zone.name);
      }
    }
    const rules = [scope.books.pre, scope.books.local, scope.books.post].flatMap((book) => book.rules());
    for (const rule of rules) {
      for (const { text } of valuesOf(rule, "from")) if (usualOutside.test(text)) named.add(text);
    }
  }
  if (routed.size > 0)
    return { isInside: (zones) => !zones.some((zone) => routed.has(zone) || usualOutside.test(zone)) };
  return { isInside: (zones) => named.size > 0 && !zones.some((zone) => named.has(zone)) };
}
