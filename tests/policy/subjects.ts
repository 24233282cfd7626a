/** Resources as a policy is shown them. */
import { type ResourceValidationArgs, unknownCheckingProxy } from "@pulumi/policy";
import type { Inputs, Subject } from "../../policy/subject";

/** What the Node SDK writes for a text, and for whatever it does not know. */
export const unknownOnTheWire = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function subject(className: string, inputs: Inputs, more: Partial<Subject> = {}): Subject {
  return { className, name: "one", stack: "prod", inputs, ...more };
}

/** The very arguments of the SDK, its throwing wrapper included. */
export function validationArgs(
  type: string,
  inputs: Inputs,
  { stack = "prod", name = "one", config = {} }: { stack?: string; name?: string; config?: object } = {},
): ResourceValidationArgs {
  const given = {
    type,
    props: unknownCheckingProxy(inputs) as Record<string, unknown>,
    urn: `urn:pulumi:${stack}::project::${type}::${name}`,
    name,
    getConfig: () => config,
  };
  return given as unknown as ResourceValidationArgs;
}

export const typeOf = (className: string) => `pulumi-nodejs:dynamic/msem:${className}`;
