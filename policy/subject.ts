/** What a policy judges: a resource as the engine shows it to a pack, in plain values. */
import { type ResourceValidationArgs, UnknownValueError } from "@pulumi/policy";

/** Stands for a value that only `pulumi up` will know. It is judged then: the engine asks again, before it acts. */
export const unknown = Symbol("unknown");

export type Inputs = Readonly<Record<string, unknown>>;

/** One resource before it is created, updated or left as it is. */
export interface Subject {
  /** `IpAllowlist`, `QualysConnector`, …; `Provider` for an msem.Provider and for the default one. */
  readonly className: string;
  /** Logical name. */
  readonly name: string;
  /** Name of the stack, without organization and project. */
  readonly stack: string;
  /** As the provider's check made them. The engine keeps keys that begin with two underscores to itself. */
  readonly inputs: Inputs;
}

/** One sentence for each violation, with the place; none is the good case. No sentence quotes a secret. */
export type Judgement<Settings> = (subject: Subject, settings: Settings) => readonly string[];

/** Types of dynamic resources have no package of their own: the module part is what tells ours. */
const ours = "pulumi-nodejs:dynamic/msem:";
const providerType = "pulumi:providers:pulumi-nodejs";

/** Undefined for a type that is none of ours. */
export function classNameOf(type: string): string | undefined {
  if (type === providerType) return "Provider";
  return type.startsWith(ours) ? type.slice(ours.length) : undefined;
}

/** Undefined for a resource that is none of ours. */
export function subjectOf({ type, name, urn, props }: ResourceValidationArgs): Subject | undefined {
  const className = classNameOf(type);
  if (className === undefined) return undefined;
  return { className, name, stack: stackOf(urn), inputs: knownRecord(props) };
}

/** `urn:pulumi:<stack>::<project>::<types>::<name>` */
function stackOf(urn: string): string {
  return /^urn:pulumi:(.*?)::/.exec(urn)?.[1] ?? "";
}

/** The SDK's own wrapper throws at whoever touches an unknown, and the whole policy would be skipped for the resource. */
function knownRecord(wrapped: Inputs): Inputs {
  return Object.fromEntries(Object.keys(wrapped).map((key) => [key, knownAt(wrapped, key)]));
}

function knownAt(wrapped: Readonly<Record<string | number, unknown>>, key: string | number): unknown {
  let value: unknown;
  try {
    value = wrapped[key];
  } catch (error) {
    if (error instanceof UnknownValueError) return unknown;
    throw error;
  }
  if (Array.isArray(value)) {
    const list = value as unknown as Readonly<Record<number, unknown>>;
    return Array.from({ length: value.length }, (_, index) => knownAt(list, index));
  }
  // Assets and archives are objects of classes: no policy looks into them.
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype ? knownRecord(value) : value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `10,000`, whatever the machine's language. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** The first five, and how many more: a report stays readable. */
export function firstOf(sentences: readonly string[], noun: string): string[] {
  const shown = 5;
  if (sentences.length <= shown) return [...sentences];
  return [...sentences.slice(0, shown), `… and ${formatCount(sentences.length - shown)} more ${noun}`];
}
