/** Small readers of the elements of pfSense's and OPNsense's config.xml. */
import { childNamed, type XmlNode } from "../xml";

/** The text of a child element; empty when there is none. */
export function textIn(node: XmlNode | undefined, name: string): string {
  return childNamed(node, name)?.text ?? "";
}

/** PHP's isset: pfSense means an element that is there, `<disabled/>` as well as `<disabled>yes</disabled>`. */
export function isThere(node: XmlNode | undefined, name: string): boolean {
  return childNamed(node, name) !== undefined;
}

/** Words apart by white space or commas. */
export function wordsIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** Follows one name after another. */
export function inside(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  let at = node;
  for (const name of path) at = childNamed(at, name);
  return at;
}
