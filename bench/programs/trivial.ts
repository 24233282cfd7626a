/** What connectors are measured against: a dynamic provider as people write them, that does no work. */
import * as pulumi from "@pulumi/pulumi";
import type { ProgramArgs } from "../protocol.ts";
import { trivialInputs } from "./cases.ts";

/** One object for all resources, so that the SDK serialises it once. */
const provider: pulumi.dynamic.ResourceProvider = {
  async create(inputs) {
    return { id: String(inputs.name), outs: inputs };
  },
  async read(id, props) {
    return { id, props };
  },
  async update(_id, _olds, news) {
    return { outs: news };
  },
};

class Trivial extends pulumi.dynamic.Resource {
  constructor(name: string, props: object) {
    super(provider, name, { ...props });
  }
}

export function program({ count }: ProgramArgs): Record<string, unknown> {
  for (const { name, inputs } of trivialInputs(count)) new Trivial(name, inputs);
  return {};
}
