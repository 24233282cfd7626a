/** Which connectors `msem verify` checks: one by flags, a file of them, or those of a stack. Secrets by reference only. */
import { z } from "zod";
import { closeNames } from "../core/closeNames";
import { checkConnector } from "../core/connector/check";
import { type ConnectorDescriptor, hasAuthenticationUnion } from "../core/connector/define";
import { authenticationOf, type ConnectorInputs, credentialFieldsOf, isRecord } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import { readText } from "../ranges/readText";
import { connectors } from "../vendors";
import { resourcesOfExport } from "./stack";

export interface Subject {
  readonly name: string;
  readonly descriptor: ConnectorDescriptor;
  /** Inputs whose secrets are references; or why there are none. */
  readonly inputs: ConnectorInputs | undefined;
  /** Set when there are no inputs. */
  readonly notChecked?: string;
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface OneConnector {
  readonly connector: string;
  /** `name=value`, also for the parts of a credential that may be shown; `authentication.kind=oauth2` where there are several ways. */
  readonly setting: readonly string[];
  /** `field=VARIABLE` */
  readonly secretEnv: readonly string[];
}

/** @throws MSEM_INVALID with all that is wrong */
export function subjectFromFlags({ connector, setting, secretEnv }: OneConnector, env: Environment): Subject[] {
  const descriptor = descriptorOf(connector, "--connector");
  const given: Record<string, unknown> = { name: descriptor.type };
  for (const text of setting) assign(given, text, "--setting", (value) => value);
  for (const text of secretEnv) assign(given, text, "--secret-env", (value) => ({ fromEnvironment: value }));
  return allGood([judge(descriptor, given, env)]);
}

function assign(given: Record<string, unknown>, text: string, flag: string, toValue: (value: string) => unknown): void {
  const at = text.indexOf("=");
  // What was given is not quoted: it may be a secret that was put here by mistake.
  if (at < 1) throw new MsemError("MSEM_INVALID", `${flag} must be of the form name=value`);
  const path = text.slice(0, at).split(".");
  const last = path.pop() ?? "";
  let place = given;
  for (const part of path) {
    const inner = isRecord(place[part]) ? place[part] : {};
    place[part] = inner;
    place = inner;
  }
  place[last] = toValue(text.slice(at + 1));
}

const fileSchema = z.array(
  z.strictObject({
    name: z.string().min(1).optional(),
    type: z.string(),
    settings: z.record(z.string(), z.string()).default({}),
    credentials: z
      .record(z.string(), z.union([z.string(), z.strictObject({ fromEnvironment: z.string() })]))
      .default({}),
  }),
);

/** @throws MSEM_INVALID with all that is wrong */
export async function subjectsFromFile(path: string, env: Environment): Promise<Subject[]> {
  const listed = await readList(path);
  const subjects = listed.map(({ name, descriptor, settings, credentials }) => {
    const access = hasAuthenticationUnion(descriptor) ? { authentication: credentials } : credentials;
    return judge(descriptor, { name, ...settings, ...access }, env);
  });
  return allGood(subjects);
}

/** The connectors of a file, whatever their settings are worth. @throws MSEM_INVALID with all that is wrong */
export async function readList(path: string) {
  let content: unknown;
  const text = await readText(path);
  try {
    content = JSON.parse(text);
  } catch {
    throw new MsemError("MSEM_INVALID", `${path} is no JSON`, { hint: fileHint });
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    // Paths only: a value might be a secret.
    const lines = parsed.error.issues.map(({ path: at, message }) => `\n  ${at.join(".") || "file"}: ${message}`);
    throw new MsemError("MSEM_INVALID", `${path} is no list of connectors${lines.join("")}`, { hint: fileHint });
  }
  return parsed.data.map(({ name, type, ...rest }, index) => {
    const descriptor = descriptorOf(type, `${path}: ${index}.type`);
    return { name: name ?? `${descriptor.type}-${index + 1}`, descriptor, ...rest };
  });
}

const fileHint =
  'A file looks like [{ "name": "scanner", "type": "qualys", "settings": { "apiServer": "…" }, "credentials": { "username": "…", "password": { "fromEnvironment": "QUALYS_PASSWORD" } } }].';

/** Engine's own mark of a secret; the value beside it is ciphertext. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** The connectors of an exported stack. Secrets in it stay ciphertext: a connector with one is named, not checked. */
export function subjectsFromExport(text: string, env: Environment): Subject[] {
  return connectorsOfExport(text).map(({ name, descriptor, inputs }) => {
    const hidden = hiddenFields(descriptor, inputs);
    if (hidden.length === 0) return judge(descriptor, { ...inputs, name }, env);
    const notChecked = `${hidden.join(", ")}: the secret is in the stack's state, which is not decrypted for this; use preflight: "warn" on the connector, or { fromEnvironment: "NAME" }`;
    return { name, descriptor, inputs: undefined, notChecked, warnings: [] };
  });
}

/** What an exported stack says of its connectors. */
export function connectorsOfExport(text: string) {
  return resourcesOfExport(text).flatMap(({ className, name, inputs, outputs }) => {
    const descriptor = connectors.find((one) => one.className === className);
    return descriptor === undefined ? [] : [{ name, descriptor, inputs, outputs }];
  });
}

function hiddenFields(descriptor: ConnectorDescriptor, inputs: Readonly<Record<string, unknown>>): string[] {
  const isHidden = (value: unknown): boolean => isRecord(value) && secretMark in value;
  const names = [...Object.keys(descriptor.settings), "authentication"].filter((name) => isHidden(inputs[name]));
  const way = authenticationOf(descriptor, inputs);
  const fields = credentialFieldsOf(descriptor, inputs);
  return [...names, ...Object.keys(way?.fields ?? {}).filter((name) => isHidden(fields[name]))];
}

/** @throws MSEM_INVALID with what there is */
export function descriptorOf(type: string, where: string): ConnectorDescriptor {
  const found = connectors.find((one) => one.type.toLowerCase() === type.toLowerCase());
  if (found !== undefined) return found;
  const types = connectors.map((one) => one.type);
  const [near] = closeNames(type, types, 1);
  const hint = near === undefined ? `; there are ${types.join(", ")}` : `; did you mean ${near}?`;
  throw new MsemError("MSEM_INVALID", `${where}: there is no such connector type${hint}`);
}

function judge(descriptor: ConnectorDescriptor, given: Readonly<Record<string, unknown>>, env: Environment): Subject {
  const name = String(given.name);
  const { inputs, problems, warnings } = checkConnector(descriptor, given, undefined, {
    environment: (variable) => env[variable],
    now: () => new Date(),
  });
  const all = [...problems.map(({ path, message }) => `${path}: ${message}`), ...secretsByValue(descriptor, given)];
  const remarks = warnings.filter((warning) => descriptor.remarks?.includes(warning) !== true);
  if (all.length === 0) return { name, descriptor, inputs, warnings: remarks };
  return { name, descriptor, inputs: undefined, notChecked: all.join("; "), warnings: remarks };
}

/** Command lines and files are read by others: shells keep them, process lists show them. */
function secretsByValue(descriptor: ConnectorDescriptor, given: Readonly<Record<string, unknown>>): string[] {
  const way = authenticationOf(descriptor, given);
  const fields = credentialFieldsOf(descriptor, given);
  return Object.entries(way?.fields ?? {})
    .filter(([name, field]) => field.secret && typeof fields[name] === "string")
    .map(([name]) => `${name}: is secret; name the environment variable that holds it instead`);
}

function allGood(subjects: Subject[]): Subject[] {
  const bad = subjects.filter(({ inputs }) => inputs === undefined);
  if (bad.length === 0) return subjects;
  const lines = bad.map(({ name, notChecked }) => `\n  ${name}: ${notChecked}`).join("");
  throw new MsemError("MSEM_INVALID", `nothing was checked${lines}`);
}
