/** `apply-groups`: what a group has at a place is there too, where the place does not say otherwise itself. */
import type { noteCollector } from "../../core/allowlist/index";
import { active, at, childOf, type Node } from "./tree";

/** Wildcards may meet everything: beyond this many steps, groups are not applied. */
const mostSteps = 500_000;

export function applyGroups(root: Node, notes: Pick<ReturnType<typeof noteCollector>, "add">): void {
  const groups = at(root, "groups");
  if (groups === undefined) return;
  let steps = 0;
  const merge = (target: Node, source: Node, group: string): void => {
    if (at(target, "apply-groups-except", group) !== undefined) return;
    for (const child of active(source)) {
      if (++steps > mostSteps) return;
      if (child.name.startsWith("<")) {
        const pattern = wildcard(child.name);
        for (const met of active(target)) {
          if (++steps > mostSteps) return;
          if (pattern.test(met.name)) merge(met, child, group);
        }
        continue;
      }
      const there = target.children.has(child.name);
      const into = childOf(target, child.name, child.line);
      if (!there) into.inherited = true;
      merge(into, child, group);
    }
  };
  const visit = (node: Node, path: readonly string[]): void => {
    // Inner groups count before outer ones: what is there stays.
    for (const child of active(node)) {
      if (child.name !== "groups" && child.children.size > 0) visit(child, [...path, child.name]);
    }
    for (const { name } of active(at(node, "apply-groups"))) {
      const group = at(groups, name);
      if (group === undefined) notes.add(node.line, `group ${name.slice(0, 80)} is not in the file`);
      for (const source of group === undefined ? [] : matching(group, path)) merge(node, source, name);
    }
  };
  visit(root, []);
  if (steps > mostSteps) notes.add(groups.line, "groups are too large; some of them are not applied");
}

/** The places of a group that stand for the path. */
function matching(group: Node, path: readonly string[]): readonly Node[] {
  return path.reduce<readonly Node[]>(
    (nodes, name) =>
      nodes.flatMap((node) =>
        active(node).filter((child) =>
          child.name.startsWith("<") ? wildcard(child.name).test(name) : child.name === name,
        ),
      ),
    [group],
  );
}

/** `<*>`, `<ge-*>`: stars stand for anything, question marks for one character. */
function wildcard(text: string): RegExp {
  const inner = text.slice(1).replace(/>$/, "").slice(0, 80);
  const escaped = inner
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`);
}
