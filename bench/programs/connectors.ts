/** The measured program: connectors of every class. */
import type * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";
import type { ProgramArgs } from "../protocol.ts";
import { casesFor } from "./cases.ts";

type AnyConnector = new (name: string, args: object) => pulumi.CustomResource;

export function program({ count }: ProgramArgs): Record<string, unknown> {
  const classes = msem as unknown as Record<string, AnyConnector>;
  for (const { className, logicalName, args } of casesFor(count)) {
    const Class = classes[className];
    if (Class === undefined) throw new Error(`pulumi-msem has no class ${className}`);
    new Class(logicalName, args);
  }
  return {};
}
