/**
 * Who manages an object. Ownership travels as tags on the service, so that a run that crashed between creating an
 * object and writing its state finds its own object again, and nobody takes over somebody else's by mistake.
 */

/** A Pulumi resource, as its program knows it. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
  /** The resource's logical name. */
  readonly name: string;
}

const managedBy = "managed-by";
const project = "pulumi-project";
const stack = "pulumi-stack";
const name = "pulumi-name";

/** Tags that we write and that users may not set. */
export const ownershipTags: readonly string[] = [managedBy, project, stack, name];

export function formatOwnership(owner: Owner): Record<string, string> {
  return { [managedBy]: "pulumi", [project]: owner.project, [stack]: owner.stack, [name]: owner.name };
}

/** The owner that the tags name; undefined when Pulumi does not manage the object. */
export function parseOwnership(tags: Readonly<Record<string, string>>): Owner | undefined {
  if (tags[managedBy] !== "pulumi") return undefined;
  return { project: tags[project] ?? "", stack: tags[stack] ?? "", name: tags[name] ?? "" };
}

export function sameOwner(a: Owner | undefined, b: Owner | undefined): boolean {
  return a !== undefined && b !== undefined && a.project === b.project && a.stack === b.stack && a.name === b.name;
}

/** For a message: `'cmdb' of stack prod in project security`. */
export function describeOwner(owner: Owner | undefined): string {
  return owner === undefined
    ? "nobody known to Pulumi (created by hand or by another tool)"
    : `resource '${owner.name}' of stack ${owner.stack} in project ${owner.project}`;
}

/** The user's own tags among those on an object. */
export function userTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !ownershipTags.includes(key)));
}
