/** Judges a ConnectorHealth's inputs. Pure: no network. */
import { closeNames } from "../core/closeNames";
import { checkLength, isAbsent, keep, refuseUnknownNames } from "../core/connector/fields";
import { healthy } from "../core/connector/inputs";
import { defaultGracePeriodHours, type IngestionSource } from "../core/ingestion";
import type { Checked, Problem } from "../core/lifecycle";
import { isUnknown } from "../core/unknown";
import type { HealthInputs } from "./inputs";

/** A product that may be connected, whether its data can be looked for or not. */
export interface WatchedProduct {
  /** `connectorType` of the Connection API. */
  readonly type: string;
  readonly className: string;
  readonly displayName: string;
}

type Given = Readonly<Record<string, unknown>>;

const names = ["connectorType", "connectionId", "connectedSince", "gracePeriodHours", "onStalled"];
/** What the program side and a refresh put among the inputs. */
const ours = ["owner", "health"];
const idLimit = 256;
/** Hours. Advanced hunting looks back 30 days: beyond that nothing can be told. */
export const gracePeriodLimit = 30 * 24;

export function checkHealth(
  products: readonly WatchedProduct[],
  sources: readonly IngestionSource[],
  given: Given,
  previous: HealthInputs | undefined,
): Checked<HealthInputs> {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const named = Object.entries(given).filter(([name]) => !name.startsWith("__") && !ours.includes(name));
  refuseUnknownNames(Object.fromEntries(named), names, "", "ConnectorHealth has no such property", problems);
  const inputs: Record<string, unknown> = {};
  const connectorType = checkType(products, given.connectorType, problems);
  inputs.connectorType = connectorType;
  keep(inputs, "connectionId", checkLength("connectionId", given.connectionId, 1, idLimit, problems));
  keep(inputs, "connectedSince", checkTime(given.connectedSince, problems));
  inputs.gracePeriodHours = checkGracePeriod(given.gracePeriodHours, problems);
  inputs.onStalled = checkOnStalled(given.onStalled, problems);
  keep(inputs, "owner", given.owner);
  const product = products.find(({ type }) => type === connectorType);
  if (previous?.connectorType !== connectorType && product !== undefined && !isVerifiable(sources, product.type)) {
    warnings.push(
      `Microsoft documents no query that shows data of ${product.displayName}: this resource stays notVerifiable and finds nothing`,
    );
  }
  return { inputs: { ...inputs, health: healthy } as unknown as HealthInputs, problems, warnings };
}

export function isVerifiable(sources: readonly IngestionSource[], type: string): boolean {
  return sources.some((source) => source.type === type);
}

/** The program side knows a connector by its class, everybody else by its type. */
function checkType(products: readonly WatchedProduct[], given: unknown, problems: Problem[]): unknown {
  if (isUnknown(given)) return given;
  if (isAbsent(given)) {
    problems.push({ path: "connectorType", message: "is missing: give connector, or the type of the connection" });
    return given;
  }
  const product = products.find(({ type, className }) => type === given || className === given);
  if (product !== undefined) return product.type;
  const known = products.map(({ type }) => type);
  const [near] = typeof given === "string" ? closeNames(given, known, 1) : [];
  const hint = near === undefined ? `one of ${known.join(", ")}` : `a connector's type; did you mean ${near}?`;
  problems.push({ path: "connectorType", message: `must be ${hint}` });
  return given;
}

function checkTime(given: unknown, problems: Problem[]): unknown {
  if (isAbsent(given) || isUnknown(given)) return given;
  const time = typeof given === "string" && /^\d{4}-\d{2}-\d{2}T/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) {
    problems.push({ path: "connectedSince", message: 'must be a time such as "2026-11-20T08:00:00Z"' });
  }
  return given;
}

function checkGracePeriod(given: unknown, problems: Problem[]): unknown {
  if (isAbsent(given)) return defaultGracePeriodHours;
  if (isUnknown(given)) return given;
  const good = typeof given === "number" && given >= 0 && given <= gracePeriodLimit;
  if (!good) problems.push({ path: "gracePeriodHours", message: `must be a number from 0 to ${gracePeriodLimit}` });
  return given;
}

function checkOnStalled(given: unknown, problems: Problem[]): unknown {
  if (isAbsent(given)) return "warn";
  if (!isUnknown(given) && given !== "warn" && given !== "fail") {
    problems.push({ path: "onStalled", message: 'must be "warn" or "fail"' });
  }
  return given;
}
