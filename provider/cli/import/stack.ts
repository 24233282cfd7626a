/** The stack that what exists is imported into. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MsemError } from "../../core/errors";
import type { Owner } from "../../core/ownership";
import { exportStack, providersOfExport, resourcesOfExport, stackConfig, stackName } from "../stack";
import { namesWith } from "./names";

export interface Home {
  readonly project: string;
  readonly stack: string;
  /** Logical name of the resource that holds this connection. */
  holderOf(connectionId: string): string | undefined;
  /** Takes the name of a resource that this stack made and has forgotten (a lost state); false when it is no such. */
  recover(className: string, owner: Owner): boolean;
  has(className: string, name: string): boolean;
  /** A logical name that no resource of this class has. */
  takeName(className: string, wanted: string): string;
  /** URN of an explicit provider. @throws MSEM_INVALID with what there is */
  providerUrn(name: string): string;
  /** Value of a key of the stack's configuration; "secret" for one that is encrypted. */
  setting(key: string): { readonly value: string } | "secret" | undefined;
}

export interface WhichStack {
  readonly project?: string;
  readonly stack?: string;
}

/** @throws MSEM_CONFIGURATION when the Pulumi CLI does not know the stack */
export async function readHome(
  { project, stack }: WhichStack,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Home> {
  const [exported, config, name] = await Promise.all([
    exportStack(stack, env),
    stackConfig(stack, env),
    stack === undefined ? stackName(stack, env) : (stack.split("/").pop() ?? stack),
  ]);
  const resources = resourcesOfExport(exported);
  const providers = providersOfExport(exported);
  const home = { project: project ?? projectName(process.cwd()), stack: name };
  const taken = new Map<string, Set<string>>();
  const namesOf = (className: string): Set<string> => {
    const names =
      taken.get(className) ?? new Set(resources.flatMap((one) => (one.className === className ? [one.name] : [])));
    taken.set(className, names);
    return names;
  };
  const isFree = (className: string, name: string): boolean => !namesOf(className).has(name);
  return {
    ...home,
    holderOf: (id) => resources.find(({ outputs }) => outputs.connectionId === id)?.name,
    recover(className, { project: ofProject, stack: ofStack, name: forgotten }) {
      if (ofProject !== home.project || ofStack !== home.stack || !isFree(className, forgotten)) return false;
      namesOf(className).add(forgotten);
      return true;
    },
    has: (className, wanted) => !isFree(className, wanted),
    takeName(className, wanted) {
      const free = namesWith("-", namesOf(className))(wanted);
      namesOf(className).add(free);
      return free;
    },
    providerUrn(wanted) {
      const urn = providers.get(wanted);
      if (urn !== undefined) return urn;
      const known = [...providers.keys()];
      throw new MsemError("MSEM_INVALID", `--provider ${wanted}: the stack ${home.stack} has no such msem.Provider`, {
        hint:
          known.length === 0
            ? "Declare it in the program and run `pulumi up` once: an import needs it in the stack."
            : `It has ${known.join(", ")}.`,
      });
    },
    setting(key) {
      const entry = config.get(key);
      if (entry === undefined) return undefined;
      return entry.value === undefined ? "secret" : { value: entry.value };
    },
  };
}

/** `name` of the project file in a folder or the nearest one above it. @throws MSEM_INVALID */
export function projectName(folder: string): string {
  for (const file of ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"]) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    const name = nameIn(readFileSync(path, "utf8"));
    if (name !== undefined) return name;
    throw new MsemError("MSEM_INVALID", `${path} has no line with the project's name`, { hint: "Give --project." });
  }
  const parent = dirname(folder);
  if (parent !== folder) return projectName(parent);
  throw new MsemError("MSEM_INVALID", "there is no Pulumi.yaml in this folder or above it", {
    hint: "Run it in the project's folder, or give --project and --stack.",
  });
}

/** YAML or JSON: the one line that is needed looks alike enough. */
function nameIn(text: string): string | undefined {
  return /^(?:name|\s*"name")\s*:\s*["']?([A-Za-z0-9_.-]+)["']?\s*(?:,?\s*|#.*)$/m.exec(text)?.[1];
}
