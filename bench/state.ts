/** How big the state is, per connector. */
import { readFileSync } from "node:fs";

/** Bytes, per connector on average. Secrets are counted as the ciphertext that they are. */
export interface StateSize {
  /** Of the file on disk: all of it, divided by the connectors. */
  readonly file: number;
  /** Of the resource's entry as JSON without white space. */
  readonly entry: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Of the text of one `__provider`; the largest there is. It stands in inputs and in outputs, and is counted there. */
  readonly provider: number;
}

interface Resource {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** @throws Error when the file holds another number of resources. */
export function measureState(path: string, count: number): StateSize {
  const text = readFileSync(path, "utf8");
  const state = JSON.parse(text) as { checkpoint: { latest: { resources: Resource[] } } };
  const resources = state.checkpoint.latest.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  if (resources.length !== count) throw new Error(`the state holds ${resources.length} resources instead of ${count}`);
  const mean = (part: (resource: Resource) => unknown): number =>
    resources.reduce((sum, resource) => sum + bytes(JSON.stringify(part(resource) ?? {})), 0) / count;
  return {
    file: bytes(text) / count,
    entry: mean((resource) => resource),
    inputs: mean(({ inputs }) => inputs),
    outputs: mean(({ outputs }) => outputs),
    provider: Math.max(...resources.map(({ inputs }) => bytes(String(inputs?.__provider ?? "")))),
  };
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
