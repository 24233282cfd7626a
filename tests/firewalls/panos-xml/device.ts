/** What a firewall makes of a `multi-config` request: edits in the text of the document, at the places that xpath names. */
import { childNamed, escapeXml, readXml, type XmlNode } from "../../../provider/firewalls/xml";

type Step = { readonly name: string; readonly entry?: string; readonly text?: string };

function stepsOf(xpath: string): Step[] {
  return [...xpath.matchAll(/\/([a-z-]+)(?:\[@name='([^']*)'\]|\[text\(\)='([^']*)'\])?/g)].map(
    ([, name, entry, text]) => ({
      name: name as string,
      ...(entry === undefined ? {} : { entry }),
      ...(text === undefined ? {} : { text }),
    }),
  );
}

function find(root: XmlNode, steps: readonly Step[]): XmlNode | undefined {
  return steps.reduce<XmlNode | undefined>(
    (node, step) =>
      node?.children.find(
        ({ name, attributes, text }) =>
          name === step.name &&
          (step.entry === undefined || attributes.name === step.entry) &&
          (step.text === undefined || text === step.text),
      ),
    root,
  );
}

function offsetOf(text: string, { line, column }: XmlNode): number {
  let at = 0;
  for (let count = 1; count < line; count++) at = text.indexOf("\n", at) + 1;
  return at + column - 1;
}

/** Behind the last character of the element. */
function endOf(text: string, node: XmlNode): number {
  const from = offsetOf(text, node);
  const open = text.indexOf(">", from);
  if (text[open - 1] === "/") return open + 1;
  // Elements inside of one of the same name do not occur at the places that requests name.
  const close = `</${node.name}>`;
  return text.indexOf(close, from) + close.length;
}

function insert(text: string, node: XmlNode, body: string): string {
  const end = endOf(text, node);
  if (text.slice(end - 2, end) === "/>") return `${text.slice(0, end - 2)}>${body}</${node.name}>${text.slice(end)}`;
  const at = end - `</${node.name}>`.length;
  return text.slice(0, at) + body + text.slice(at);
}

export function applyRequest(config: string, request: string): string {
  const { root: asked, problem } = readXml(request);
  if (asked === undefined || problem !== undefined) throw new Error(problem?.message ?? "no request");
  let text = config;
  for (const operation of asked.children) {
    const steps = stepsOf(operation.attributes.xpath as string).slice(1);
    const root = readXml(text).root as XmlNode;
    const target = find(root, steps);
    if (operation.name === "delete") {
      if (target === undefined) throw new Error(`${operation.attributes.xpath} is not there`);
      text = text.slice(0, offsetOf(text, target)) + text.slice(endOf(text, target));
      continue;
    }
    const body = operation.children.map(written).join("");
    if (target !== undefined) text = insert(text, target, body);
    else {
      const last = steps.at(-1) as Step;
      const outer = find(root, steps.slice(0, -1));
      if (outer === undefined) throw new Error(`${operation.attributes.xpath} is not there`);
      text = insertLast(text, outer, `<${last.name}>${body}</${last.name}>`);
    }
  }
  return text;
}

/** Into an element that may hold others of its name: before its own end, which is behind its last child. */
function insertLast(text: string, outer: XmlNode, body: string): string {
  const last = outer.children.at(-1);
  const at = last === undefined ? text.indexOf(">", offsetOf(text, outer)) + 1 : endOf(text, last);
  return text.slice(0, at) + body + text.slice(at);
}

function written(node: XmlNode): string {
  const name = node.attributes.name === undefined ? "" : ` name="${escapeXml(node.attributes.name)}"`;
  const inner = childNamed(node, "ip-netmask");
  return inner === undefined
    ? `<${node.name}${name}>${escapeXml(node.text)}</${node.name}>`
    : `<${node.name}${name}>${written(inner)}</${node.name}>`;
}
