import * as pulumi from "@pulumi/pulumi";
import type { RangesValue } from "./serviceTagRanges";

/** What to judge. All is changed in place: nothing is written anywhere. */
export interface FirewallAllowlistArgs {
  /**
   * The configuration: `new pulumi.asset.FileAsset("configs/edge.cfg")`, a StringAsset, or text. Only its name and digest
   * reach the state.
   */
  config: pulumi.Input<pulumi.asset.Asset | string>;
  /** What to call the configuration in messages. @default the path of the file, else "config" */
  name?: pulumi.Input<string>;
  /** The format: `cisco-asa`, `panos-set`, … @default found by content */
  vendor?: pulumi.Input<string>;
  /** The list whose members are judged; several names where there is one per family. */
  list?: pulumi.Input<string | pulumi.Input<string>[]>;
  /** The rule, or the list of rules, that is judged with what stronger rules take from it. @default everything inbound */
  rule?: pulumi.Input<string>;
  /** `ranges` of a `ServiceTagRanges`. */
  ranges: pulumi.Input<RangesValue>;
  /**
   * `fail` stops the run with `MSEM_DRIFT`: for pipelines that judge. `warn` goes on: for programs that apply
   * `remediation`.
   * @default "warn"
   */
  onDrift?: pulumi.Input<"warn" | "fail">;
}

/**
 * Judges a firewall's configuration against published ranges, and renders the change that is lacking. Changes nothing.
 *
 * @example
 * ```ts
 * const edge = new msem.FirewallAllowlist("edge", {
 *   config: new pulumi.asset.FileAsset("configs/edge-asa.cfg"),
 *   list: "SCUBA-SOURCES",
 *   ranges: scuba.ranges,
 * });
 * export const commands = edge.remediation;
 * ```
 */
export class FirewallAllowlist extends pulumi.CustomResource {
  /** Whether every prefix that the list can hold is let in. */
  declare readonly inSync: pulumi.Output<boolean>;
  /** Canonical prefix → `present`, `covered`, `partial`, `missing`, `shadowed`, `undecided`, `unsupported` or `stale`. */
  declare readonly verdicts: pulumi.Output<Record<string, string>>;
  /** The change in the vendor's own commands or JSON; undefined when nothing is lacking, or rules were judged. */
  declare readonly remediation: pulumi.Output<string | undefined>;
  /** What takes `remediation` back. */
  declare readonly rollback: pulumi.Output<string | undefined>;
  /** Id of the format that was read. */
  declare readonly vendor: pulumi.Output<string>;
  /** Prefixes that are not surely let in: missing, partial, shadowed or undecided. Sorted as text. */
  readonly missing: pulumi.Output<string[]>;
  /** Entries of an earlier list that are still there. Sorted as text. */
  readonly stale: pulumi.Output<string[]>;

  constructor(name: string, args: FirewallAllowlistArgs, options?: pulumi.CustomResourceOptions) {
    super(
      "pulumi-nodejs:dynamic/msem:FirewallAllowlist",
      name,
      {
        inSync: undefined,
        verdicts: undefined,
        remediation: undefined,
        rollback: undefined,
        serviceTag: undefined,
        changeNumber: undefined,
        stateVersion: undefined,
        ...args,
        owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
        // Constant for ever: nothing is serialised, and a new release makes no difference in any state.
        __provider: 'exports.handler = () => require("pulumi-msem/runtime").FirewallAllowlist;',
      },
      options,
    );
    const withVerdict = (...wanted: string[]): pulumi.Output<string[]> =>
      this.verdicts.apply((verdicts) =>
        Object.entries(verdicts)
          .filter(([, verdict]) => wanted.includes(verdict))
          .map(([prefix]) => prefix)
          .sort(),
      );
    this.missing = withVerdict("missing", "partial", "shadowed", "undecided");
    this.stale = withVerdict("stale");
  }
}
