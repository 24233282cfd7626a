/** The program of the engine tests of judged configurations. */
import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

export interface FirewallSpec {
  readonly name: string;
  readonly config: { readonly file?: string; readonly string?: string; readonly text?: string };
  readonly args: Omit<msem.FirewallAllowlistArgs, "config" | "ranges">;
}

export interface FirewallProgramArgs {
  readonly ranges: msem.RangesValue;
  readonly firewalls: readonly FirewallSpec[];
}

export function program({ firewalls, ranges }: FirewallProgramArgs): Record<string, unknown> {
  const made = firewalls.map(({ name, config, args }) => {
    const source =
      config.file !== undefined
        ? new pulumi.asset.FileAsset(config.file)
        : config.string !== undefined
          ? new pulumi.asset.StringAsset(config.string)
          : (config.text ?? "");
    return [name, new msem.FirewallAllowlist(name, { ...args, config: source, ranges })] as const;
  });
  return Object.fromEntries(
    made.map(([name, { missing, stale, inSync, remediation }]) => [name, { missing, stale, inSync, remediation }]),
  );
}
