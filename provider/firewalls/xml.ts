/**
 * XML with lines and columns, for formats that are documents, on the streaming parser saxes: it keeps positions, which
 * fast-xml-parser does not, and expands no entities but the five of XML itself. A file that was cut off gives what was
 * read. Linear; never throws.
 */
import { SaxesParser } from "saxes";

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** Text directly inside, trimmed. Always text: `0123` and `1.10` stay what they are. */
  readonly text: string;
  /** Where the element begins, counted from 1. */
  readonly line: number;
  readonly column: number;
}

export interface XmlReading {
  readonly root?: XmlNode;
  /** The first fault, if there is any. */
  readonly problem?: { readonly line: number; readonly message: string };
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
  readonly line: number;
  readonly column: number;
  text: string;
}

/** Deeper elements are left out: no configuration nests so deep, and readers recurse. */
const deepest = 256;

export function readXml(text: string): XmlReading {
  const parser = new SaxesParser();
  let lines: readonly string[] | undefined;
  const fromEnd = (line: number, name: string): number => {
    lines ??= text.split(/\r\n|\n|\r/);
    return Math.max((lines[line - 1]?.length ?? 0) - name.length, 1);
  };
  const open: Open[] = [];
  let root: Open | undefined;
  let start = { line: 1, column: 1 };
  let problem: XmlReading["problem"];
  parser.on("error", ({ message }) => {
    problem ??= { line: parser.line, message: message.replace(/^\d+:\d+: /, "") };
  });
  // This event comes behind the name: the element begins that much earlier, with its bracket.
  parser.on("opentagstart", ({ name }) => {
    const column = parser.columnIndex - name.length - 1;
    // Where a line end follows the name, the parser is a line further.
    start =
      column > 0 ? { line: parser.line, column } : { line: parser.line - 1, column: fromEnd(parser.line - 1, name) };
  });
  parser.on("opentag", ({ name, attributes }) => {
    const node: Open = { name, attributes, children: [], text: "", ...start };
    const outer = open.at(-1);
    if (outer === undefined) root ??= node;
    else if (open.length < deepest) outer.children.push(node);
    open.push(node);
  });
  const add = (more: string): void => {
    const node = open.at(-1);
    if (node !== undefined) node.text += more;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    const node = open.pop();
    if (node !== undefined) node.text = node.text.trim();
  });
  parser.write(text).close();
  // What was cut off has not been closed.
  for (const node of open) node.text = node.text.trim();
  return { ...(root === undefined ? {} : { root }), ...(problem === undefined ? {} : { problem }) };
}

export function childNamed(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find((child) => child.name === name);
}

export function childrenNamed(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

/** Text and attribute values as XML has them. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
