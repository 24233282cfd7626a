/**
 * The floor: resources without work and without the cost of serialised code, by the technique that connectors use (a
 * constant `__provider`). What is left is the engine.
 */
import * as pulumi from "@pulumi/pulumi";
import type { ProgramArgs } from "../protocol.ts";
import { trivialInputs } from "./cases.ts";

const provider =
  "exports.handler = () => ({ create: async (i) => ({ id: i.name, outs: i }), read: async (id, props) => ({ id, props }) });";

class Floor extends pulumi.CustomResource {
  constructor(name: string, props: object) {
    super("pulumi-nodejs:dynamic:Floor", name, { ...props, __provider: provider });
  }
}

export function program({ count }: ProgramArgs): Record<string, unknown> {
  for (const { name, inputs } of trivialInputs(count)) new Floor(name, inputs);
  return {};
}
