/** The program of the engine tests of allowlists. */
import type * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

export interface AllowlistSpec {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options?: pulumi.CustomResourceOptions;
}

export interface AllowlistProgramArgs {
  readonly allowlists: readonly AllowlistSpec[];
}

export function program({ allowlists }: AllowlistProgramArgs): Record<string, unknown> {
  const made = Object.fromEntries(
    allowlists.map(({ name, args, options }) => {
      const { target, ...rest } = args as { target: { kind: string } };
      const make = msem.targets[target.kind as keyof typeof msem.targets] as (args: object) => msem.targets.Target;
      const { kind: _kind, ...given } = target;
      return [name, new msem.IpAllowlist(name, { ...rest, target: make(given) } as msem.IpAllowlistArgs, options)];
    }),
  );
  return {
    prefixes: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.prefixes])),
    paste: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.paste])),
  };
}
