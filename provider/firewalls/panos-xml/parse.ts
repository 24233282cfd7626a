/** PAN-OS in XML, of firewalls and Panorama: `running-config.xml`, an answer of the XML API, or a part of either. */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { modelOf } from "../panos/model";
import {
  objectIn,
  objectKinds,
  type PanObject,
  type Position,
  panStore,
  type Scope,
  type Store,
  setValues,
  type Value,
} from "../panos/store";
import { childNamed, childrenNamed, readXml, type XmlNode } from "../xml";

export function parsePanosXml(text: string, file: string): Model {
  const notes = noteCollector();
  const store = panStore();
  const { root, problem } = readXml(text);
  if (problem !== undefined) notes.add(problem.line, problem.message);
  if (root !== undefined) readRoot(root, store);
  return modelOf(store, notes, file, "panos-xml");
}

function readRoot(root: XmlNode, store: Store): void {
  // An answer of the API wraps the configuration.
  const result = root.name === "response" ? childNamed(root, "result") : undefined;
  const tops = result === undefined ? [root] : result.children;
  for (const top of tops) {
    if (top.name === "config") readConfig(top, store);
    // A part: what stands in one vsys, or in shared.
    else if (top.name === "shared") readScope(top, store.scope("shared", "shared"));
    else if (top.name === "vsys" || top.name === "device-group") readScopes(top, top.name, store);
    else readScope({ ...top, name: "part", children: [top] }, store.scope("vsys", ""));
  }
}

function readConfig(config: XmlNode, store: Store): void {
  for (const shared of childrenNamed(config, "shared")) readScope(shared, store.scope("shared", "shared"));
  // What Panorama has pushed to a firewall stands beside the firewall's own.
  for (const pushed of childrenNamed(config, "panorama")) {
    readScope(pushed, store.scope("shared", "shared"));
    for (const vsys of childrenNamed(pushed, "vsys")) readScopes(vsys, "vsys", store);
  }
  for (const device of entriesOf(childNamed(config, "devices"))) {
    for (const kind of ["vsys", "device-group"] as const) {
      for (const holder of childrenNamed(device, kind)) readScopes(holder, kind, store);
    }
    for (const network of childrenNamed(device, "network")) readRoutes(network, "", store);
  }
  for (const device of entriesOf(childNamed(childNamed(config, "readonly"), "devices"))) {
    for (const group of entriesOf(childNamed(device, "device-group"))) {
      const parent = childNamed(group, "parent-dg")?.text;
      if (parent !== undefined && parent !== "") store.scope("device-group", nameOf(group)).parent = parent;
    }
  }
}

function entriesOf(node: XmlNode | undefined): readonly XmlNode[] {
  return childrenNamed(node, "entry");
}

function nameOf({ attributes }: XmlNode): string {
  return attributes.name ?? "";
}

function readScopes(holder: XmlNode, kind: "vsys" | "device-group", store: Store): void {
  for (const entry of entriesOf(holder)) readScope(entry, store.scope(kind, nameOf(entry)));
}

const positions: Readonly<Record<string, Position>> = {
  "pre-rulebase": "pre",
  rulebase: "local",
  "post-rulebase": "post",
};

function readScope(node: XmlNode, scope: Scope): void {
  for (const child of node.children) {
    const kind = objectKinds.find((one) => one === child.name);
    if (kind !== undefined) {
      for (const entry of entriesOf(child)) fill(objectIn(scope.objects[kind], nameOf(entry), entry.line), entry);
      continue;
    }
    const position = positions[child.name];
    if (position === undefined) continue;
    for (const rule of entriesOf(childNamed(childNamed(child, "security"), "rules"))) {
      fill(scope.books[position].rule(nameOf(rule), rule.line), rule);
    }
    for (const rule of entriesOf(childNamed(childNamed(child, "default-security-rules"), "rules"))) {
      fill(objectIn(scope.defaults, nameOf(rule), rule.line), rule);
    }
  }
}

/** Attributes below an entry, by their path; one `member` is a list as well. */
function fill(object: PanObject, node: XmlNode, path = ""): void {
  for (const child of node.children) {
    const attribute = path === "" ? child.name : `${path} ${child.name}`;
    const items = child.children.filter(({ name }) => name === "member" || name === "entry");
    if (items.length > 0) {
      const values = items.map((item): Value => valueAt(item, item.name === "entry" ? nameOf(item) : item.text));
      setValues(object, attribute, values);
    } else if (child.children.length > 0) fill(object, child, attribute);
    else if (child.text !== "") setValues(object, attribute, [valueAt(child, child.text)]);
  }
}

function valueAt({ line, column }: XmlNode, text: string): Value {
  return { text, line, column };
}

function readRoutes(node: XmlNode, path: string, store: Store): void {
  for (const child of node.children) {
    const below = `${path}/${child.name} ${nameOf(child)}`;
    if (child.name !== "static-route") readRoutes(child, below, store);
    else
      for (const route of entriesOf(child))
        fill(objectIn(store.routes, `${below} ${nameOf(route)}`, route.line), route);
  }
}
