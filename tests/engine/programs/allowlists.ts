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
  /** A connector that the service tests after each change of a list. */
  readonly verified?: { readonly name: string; readonly args: msem.TenableConnectorArgs };
}

export function program({ allowlists, verified }: AllowlistProgramArgs): Record<string, unknown> {
  const connector = verified && new msem.TenableConnector(verified.name, verified.args);
  const verification = connector === undefined ? {} : { verifyConnections: [connector.connectionId] };
  const made = Object.fromEntries(
    allowlists.map(({ name, args, options }) => {
      const { target, ...given } = args as { target: { kind: string } };
      const rest = { ...given, ...verification };
      const make = msem.targets[target.kind as keyof typeof msem.targets] as (args: object) => msem.targets.Target;
      const { kind: _kind, ...access } = target;
      return [name, new msem.IpAllowlist(name, { ...rest, target: make(access) } as msem.IpAllowlistArgs, options)];
    }),
  );
  return {
    prefixes: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.prefixes])),
    status: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.status])),
    verification: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.verification])),
    paste: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.paste])),
  };
}
