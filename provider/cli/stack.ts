/** What the Pulumi CLI tells of a stack. Nothing is decrypted: secrets stay ciphertext. */
import { z } from "zod";
import { MsemError } from "../core/errors";
import { runPulumi } from "./pulumi";

type Environment = Readonly<Record<string, string | undefined>>;

const exportSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          delete: z.boolean().optional(),
          external: z.boolean().optional(),
          inputs: z.record(z.string(), z.unknown()).optional(),
          outputs: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .default([]),
  }),
});

/** A resource of ours in a stack. */
export interface StackResource {
  readonly urn: string;
  readonly className: string;
  /** Logical name. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const ours = "pulumi-nodejs:dynamic/msem:";
const providers = "pulumi:providers:pulumi-nodejs";

/** What an exported stack says of our resources, those that it is about to delete or just looks at left out. */
export function resourcesOfExport(text: string): StackResource[] {
  return read(text).flatMap(({ urn, type, inputs = {}, outputs = {}, external }) =>
    external === true || !type.startsWith(ours)
      ? []
      : [{ urn, className: type.slice(ours.length), name: nameIn(urn), inputs, outputs }],
  );
}

/** URNs of the explicit providers of an exported stack, by name. */
export function providersOfExport(text: string): ReadonlyMap<string, string> {
  const found = read(text).filter(({ type, urn }) => type === providers && !/::default(_[^:]*)?$/.test(urn));
  return new Map(found.map(({ urn }) => [nameIn(urn), urn]));
}

function read(text: string) {
  const parsed = exportSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new MsemError("MSEM_PROTOCOL", "`pulumi stack export` printed something else than a deployment");
  }
  return parsed.data.deployment.resources.filter((resource) => resource.delete !== true);
}

/** `urn:pulumi:<stack>::<project>::<types>::<name>`: only the name may hold colons. */
function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What `pulumi stack export` prints, without secrets.
 *
 * @param stack undefined for the selected one
 */
export function exportStack(stack: string | undefined, env: Environment): Promise<string> {
  return runPulumi(["stack", "export"], stack, env);
}

/** The stack's own name, without organisation and project. */
export async function stackName(stack: string | undefined, env: Environment): Promise<string> {
  const shown = await runPulumi(["stack", "--show-name"], stack, env);
  return shown.trim().split("/").pop() ?? "";
}

const configSchema = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean().optional() }));

/** The stack's configuration by full key; secrets have no value. */
export async function stackConfig(
  stack: string | undefined,
  env: Environment,
): Promise<ReadonlyMap<string, { readonly value?: string }>> {
  const parsed = configSchema.safeParse(parseJson(await runPulumi(["config", "--json"], stack, env)));
  if (!parsed.success) throw new MsemError("MSEM_PROTOCOL", "`pulumi config --json` printed something else");
  return new Map(
    Object.entries(parsed.data).map(([key, { value, secret }]) => [
      key,
      secret === true || value === undefined ? {} : { value },
    ]),
  );
}
