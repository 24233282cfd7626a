/**
 * Resources of Azure, as the portal exports them, as `az … show` and `az … list` print them, as the API answers, and as
 * templates declare them: with `properties` or flattened, alone, in a list, or as children.
 */
import { type Notes, type Place, placeOf, placesIn } from "./document";
import { type JsonNode, textOf } from "./json";

export interface Resource {
  readonly place: Place;
  /** Lower case, with that of the resources around it: `microsoft.network/networksecuritygroups/securityrules`. */
  readonly type?: string;
  /** With those of the resources around it, apart by slashes; expressions resolved where they only name. */
  readonly name: string;
  /** As Azure has it; case varies from one answer to the next. */
  readonly id?: string;
}

/** How deep templates may nest; Azure takes fewer. */
const deepest = 20;

/** Every resource of the document, in its order. */
export function resourcesIn(root: JsonNode, notes: Notes): Resource[] {
  const found: Resource[] = [];
  const visit = (place: Place, around: Resource | undefined, names: Names, depth: number): void => {
    if (depth > deepest) {
      notes.add(place.node.line, "templates nest too deeply here");
      return;
    }
    const list = placesIn(place);
    if (list !== undefined) {
      for (const item of list) visit(item, around, names, depth + 1);
      return;
    }
    if (place.node.kind !== "object") return;
    const answer = placeOf(place, "value");
    const template = placeOf(place, "$schema") !== undefined || placeOf(place, "contentVersion") !== undefined;
    const inner = template ? namesOf(place) : names;
    let own = around;
    if (answer?.node.kind === "array") {
      if (placeOf(place, "nextLink") !== undefined) notes.add(place.node.line, "there are more pages than this one");
      visit(answer, around, names, depth + 1);
      return;
    }
    if (!template) {
      own = resourceAt(place, around, inner);
      found.push(own);
    }
    const children = placeOf(place, "resources");
    if (children !== undefined) {
      for (const child of childrenIn(children)) visit(child, own, inner, depth + 1);
    }
    const nested = placeOf(placeOf(place, "properties") ?? place, "template");
    if (nested !== undefined) visit(nested, undefined, inner, depth + 1);
  };
  visit({ node: root, path: "" }, undefined, new Map(), 0);
  return found;
}

/** An array, or an object of symbolic names. */
function childrenIn(place: Place): Place[] {
  if (place.node.kind !== "object") return placesIn(place) ?? [];
  return [...place.node.members].map(([name, node]) => ({ node, path: `${place.path}.${name}` }));
}

function resourceAt(place: Place, around: Resource | undefined, names: Names): Resource {
  const text = (name: string): string | undefined => textOf(placeOf(place, name)?.node);
  const type = text("type")?.toLowerCase();
  const id = text("id");
  const name = resolveName(text("name") ?? "", names);
  // A child's type and name are given in full or as their last part.
  const whole = around?.type === undefined || type?.includes(".") === true;
  return {
    place,
    ...(type === undefined ? {} : { type: whole ? type : `${around.type}/${type}` }),
    name: whole || around === undefined || name.includes("/") ? name : `${around.name}/${name}`,
    ...(id === undefined ? {} : { id }),
  };
}

/** A property, in `properties` or, as the CLI prints it, beside the name. */
export function propertyOf(place: Place, name: string): Place | undefined {
  const properties = placeOf(place, "properties");
  return (properties === undefined ? undefined : placeOf(properties, name)) ?? placeOf(place, name);
}

/** The value is worked out by Azure when it deploys: `[parameters('sources')]`. */
export function isExpression(text: string): boolean {
  return text.startsWith("[") && text.endsWith("]") && !text.startsWith("[[");
}

/** Parameters and variables of a template that are plain text. */
type Names = ReadonlyMap<string, string>;

function namesOf(template: Place): Names {
  const names = new Map<string, string>();
  for (const kind of ["parameters", "variables"] as const) {
    const node = placeOf(template, kind)?.node;
    if (node?.kind !== "object") continue;
    for (const [name, value] of node.members) {
      const plain = kind === "parameters" ? placeOf({ node: value, path: "" }, "defaultValue")?.node : value;
      const text = textOf(plain);
      if (text !== undefined && !isExpression(text)) names.set(`${kind}:${name.toLowerCase()}`, text);
    }
  }
  return names;
}

/** Names that an export puts together from parameters; what is more than that stays as it is. */
function resolveName(text: string, names: Names): string {
  if (!isExpression(text) || text.length > 1_000) return text;
  const inner = text.slice(1, -1).trim();
  const joined = /^concat\((.*)\)$/is.exec(inner);
  const parts = (joined?.[1] ?? inner).split(",").map((part) => {
    const [, literal, kind, name] = /^\s*(?:'([^']*)'|(parameters|variables)\('([^']*)'\))\s*$/i.exec(part) ?? [];
    return literal ?? (kind === undefined ? undefined : names.get(`${kind.toLowerCase()}:${name?.toLowerCase()}`));
  });
  return parts.includes(undefined) ? text : parts.join("");
}

/** Ids that are taken, so that each is given once. */
export function idGiver(): (wanted: string) => string {
  const counts = new Map<string, number>();
  return (wanted) => {
    const key = wanted.toLowerCase();
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count === 1) return wanted;
    const next = `${wanted}#${count}`;
    counts.set(next.toLowerCase(), 1);
    return next;
  };
}

/** How the CLI is told which resource is meant: by id, or by names where the file has no id. */
export function targetOptions(id: string, names: readonly (readonly [string, string])[]): string[][] {
  if (/^\/subscriptions\//i.test(id)) return [["--ids", id]];
  return [["--resource-group", "RESOURCE_GROUP"], ...names.map(([option, name]) => [option, name])];
}
