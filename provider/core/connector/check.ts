/**
 * Judges a connector's inputs: pure, all problems at once, weaker where values are not known yet. No message quotes a
 * secret.
 */
import type { Checked, Problem, Surroundings } from "../lifecycle";
import { ownershipTags } from "../ownership";
import { preflightModes } from "../preflight";
import { isUnknown } from "../unknown";
import type { ConnectorDescriptor } from "./define";
import { accessNames, checkAccess, checkLength, isAbsent, keep, refuseUnknownNames } from "./fields";
import { authenticationOf, type ConnectorInputs, credentialFieldsOf, healthy, isRecord } from "./inputs";

const common = ["name", "description", "tags", "credentialVersion", "adopt", "preflight", "owner"] as const;
/** What the program side and a refresh put among the inputs; the last three are of the portal driver alone. */
const ours = ["owner", "health", "driver", "secretsFrom", "confirmed"];
const nameLimit = 128;
const descriptionLimit = 1024;

/** @param previous what the last accepted check returned; undefined on create. */
export function checkConnector(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  previous: ConnectorInputs | undefined,
  surroundings: Surroundings,
): Checked<ConnectorInputs> {
  const problems: Problem[] = [];
  const warnings: string[] = previous === undefined ? [...(descriptor.remarks ?? [])] : [];
  const inputs: Record<string, unknown> = {};
  const known = [...accessNames(descriptor), ...common.filter((name) => name !== "owner")];
  const named = Object.entries(given).filter(([name]) => !name.startsWith("__") && !ours.includes(name));
  refuseUnknownNames(Object.fromEntries(named), known, "", `${descriptor.className} has no such property`, problems);
  checkCommon(given, inputs, problems);
  const judge = { problems, warnings, surroundings };
  Object.assign(inputs, checkAccess(descriptor, given, "", held(descriptor, given, previous), judge));
  return { inputs: { ...inputs, health: healthy } as ConnectorInputs, problems, warnings };
}

function checkCommon(
  given: Readonly<Record<string, unknown>>,
  inputs: Record<string, unknown>,
  problems: Problem[],
): void {
  keep(inputs, "name", checkLength("name", given.name, 1, nameLimit, problems));
  if (isAbsent(given.name)) problems.push({ path: "name", message: "is missing" });
  keep(inputs, "description", checkLength("description", given.description, 0, descriptionLimit, problems));
  keep(inputs, "credentialVersion", checkLength("credentialVersion", given.credentialVersion, 1, nameLimit, problems));
  keep(inputs, "tags", checkTags(given.tags, problems));
  const adopt = given.adopt;
  if (!isAbsent(adopt) && typeof adopt !== "boolean" && !isUnknown(adopt)) {
    problems.push({ path: "adopt", message: "must be true or false" });
  }
  keep(inputs, "adopt", adopt);
  const { preflight } = given;
  if (!isAbsent(preflight) && !isUnknown(preflight) && !preflightModes.some((mode) => mode === preflight)) {
    const modes = preflightModes.map((mode) => `"${mode}"`).join(", ");
    problems.push({ path: "preflight", message: `must be one of ${modes}` });
  }
  keep(inputs, "preflight", preflight);
  keep(inputs, "owner", given.owner);
}

function checkTags(tags: unknown, problems: Problem[]): unknown {
  if (isAbsent(tags) || isUnknown(tags)) return tags;
  if (!isRecord(tags)) {
    problems.push({ path: "tags", message: "must be a map of text to text" });
    return tags;
  }
  for (const [key, value] of Object.entries(tags)) {
    if (ownershipTags.includes(key)) {
      problems.push({
        path: `tags.${key}`,
        message: "is written by this provider to mark its own connections; choose another key",
      });
    } else if (typeof value !== "string") {
      problems.push({ path: `tags.${key}`, message: "must be text" });
    }
  }
  return tags;
}

/**
 * The credential fields of the last accepted check, when they stay in force: same `credentialVersion`, same way to
 * sign in. A vault that mints a new password at every read then makes no diff.
 */
function held(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  previous: ConnectorInputs | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const version = given.credentialVersion;
  if (previous === undefined || typeof version !== "string" || isUnknown(version)) return undefined;
  if (previous.credentialVersion !== version) return undefined;
  if (authenticationOf(descriptor, previous)?.kind !== authenticationOf(descriptor, given)?.kind) return undefined;
  return credentialFieldsOf(descriptor, previous);
}
