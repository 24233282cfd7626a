import * as pulumi from "@pulumi/pulumi";
import type { Target } from "./targets";

/** What a `ServiceTagRanges` gives as `ranges`. */
export interface PublishedRanges {
  serviceTag: string;
  changeNumber: number;
  /** Canonical prefix → label. */
  prefixes: Record<string, string>;
}

/** Arguments of an {@link IpAllowlist}. All but the target's place are changed in place. */
export interface IpAllowlistArgs {
  /** The product whose list is kept, made by `msem.targets.…`. Another place (endpoint, product) replaces the resource. */
  target: pulumi.Input<Target>;
  /** `ranges` of a `ServiceTagRanges`, which has judged them. */
  ranges: pulumi.Input<PublishedRanges>;
  /**
   * `additive` removes only entries of its own. `exclusive` takes everybody else's for drift, and removes them.
   * @default "additive"
   */
  mode?: pulumi.Input<"additive" | "exclusive">;
  /** Which families to put into the list. @default both */
  families?: pulumi.Input<pulumi.Input<"ipv4" | "ipv6">[]>;
  /** Further prefixes, each with its reason: `{ "198.51.100.7/32": "CI runner egress" }`. */
  additionalPrefixes?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Public addresses of the machine that runs Pulumi, which must never be shut out.
   * @default the environment variable `MSEM_CALLER_PREFIXES`, else nobody knows
   */
  callerPrefixes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Fill a list that is empty, and so lets everybody in: the first entry shuts out everybody else.
   * @default false: refused
   */
  startEnforcement?: pulumi.Input<boolean>;
  /**
   * Take over entries that stand there already and are wanted, so that they are removed when they are no longer.
   * @default false: they stay whoever's they are
   */
  adopt?: pulumi.Input<boolean>;
  /** Ids of connections (`connector.connectionId`) that the service tests from its own addresses after a change. */
  verifyConnections?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Keeps the list of addresses that a product lets in equal to a published one.
 *
 * Service tags are shared by all tenants: to let them through is not to authenticate anybody.
 */
export class IpAllowlist extends pulumi.CustomResource {
  /** Canonical prefix → why it is there. */
  declare readonly prefixes: pulumi.Output<Record<string, string>>;
  /** Change number of the service tag that the list follows. */
  declare readonly changeNumber: pulumi.Output<number | undefined>;
  /** `applied`, or `confirmByHand` for a product without an API. */
  declare readonly status: pulumi.Output<"applied" | "confirmByHand">;
  /** For a product without an API: what to enter, one prefix a line. */
  declare readonly paste: pulumi.Output<string | undefined>;
  /** Connection id → `ok`: what the service said when it tested the connections last. */
  declare readonly verification: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: IpAllowlistArgs, options?: pulumi.CustomResourceOptions) {
    super(
      "pulumi-nodejs:dynamic/msem:IpAllowlist",
      name,
      {
        prefixes: undefined,
        changeNumber: undefined,
        serviceTag: undefined,
        status: undefined,
        paste: undefined,
        verification: undefined,
        place: undefined,
        owned: undefined,
        stateVersion: undefined,
        ...Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)),
        owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
        // Constant for ever: nothing is serialised, and a new release makes no difference in any state.
        __provider: 'exports.handler = () => require("pulumi-msem/runtime").IpAllowlist;',
      },
      {
        // Two resources of one list at a time would undo each other's work.
        deleteBeforeReplace: true,
        ...options,
        additionalSecretOutputs: [...(options?.additionalSecretOutputs ?? []), "target"],
      },
    );
  }
}
