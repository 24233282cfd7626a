import * as pulumi from "@pulumi/pulumi";
import type { Cloud, RangeSource } from "../ranges";
import { type ActionRequired, confirmation } from "./handOff";
import { type GuardOptions, type RangesValue, ServiceTagRanges } from "./serviceTagRanges";
import type { Target } from "./targets";

/** How far a list may change at once. With `ranges`, all but `acceptForeignRemovals` belong to the ServiceTagRanges. */
export interface AllowlistGuards extends GuardOptions {
  /**
   * Mode `exclusive`: as many entries of other owners may be removed at once.
   * @default 5, or a tenth of the list
   */
  readonly acceptForeignRemovals?: number;
}

/** Arguments of an {@link IpAllowlist}. All but the target's place are changed in place. */
export interface IpAllowlistArgs {
  /** The product whose list is kept, made by `msem.targets.…`. Another place (endpoint, product) replaces the resource. */
  target: pulumi.Input<Target>;
  /**
   * `ranges` of a `ServiceTagRanges`, which has judged them: for several lists that follow one tag.
   * @default those of a ServiceTagRanges `<name>-ranges`, made from `serviceTag`, `cloud`, `source` and `guards`
   */
  ranges?: pulumi.Input<RangesValue>;
  /** Which tag to follow. Plain, because the program resolves it itself. @default "Scuba" */
  serviceTag?: string;
  /** Which cloud's list. @default "Public", or what the source has */
  cloud?: Cloud;
  /** `downloadCenter()`, `serviceTagApi({ … })`, `url("https://…")` or `file("…")`. @default `downloadCenter({ cloud })` */
  source?: RangeSource;
  /** How far the list may change at once. */
  guards?: AllowlistGuards;
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
  /**
   * With `targets.manual` only: when somebody entered the list by hand; RFC 3339 with a zone. It settles what was asked by
   * then; a list that changes later is asked for anew.
   * @default what `msem confirm` wrote to the stack's configuration (`msem:confirmed`)
   */
  confirmed?: pulumi.Input<string>;
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
  /** `applied`; for a product without an API `actionRequired`, or `confirmed`: somebody says that it is done. */
  declare readonly status: pulumi.Output<"applied" | "actionRequired" | "confirmed">;
  /** For a product without an API: what a person has to do, `null` when there is nothing to do. */
  declare readonly actionRequired: pulumi.Output<ActionRequired | null | undefined>;
  /** For a product without an API: the confirmation that counted last, RFC 3339; `null` while there was none. */
  declare readonly confirmedDateTime: pulumi.Output<string | null | undefined>;
  /** For a product without an API: what to enter, one prefix a line. */
  declare readonly paste: pulumi.Output<string | undefined>;
  /** Connection id → `ok`: what the service said when it tested the connections last. */
  declare readonly verification: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: IpAllowlistArgs, options?: pulumi.CustomResourceOptions) {
    const { serviceTag, cloud, source, guards, ...given } = args;
    const { acceptForeignRemovals, ...published } = guards ?? {};
    const own = withoutAbsent({ serviceTag, cloud, source, guards: guards === undefined ? undefined : published });
    const judged = given.ranges !== undefined;
    if (judged && (serviceTag ?? cloud ?? source) !== undefined) {
      throw new pulumi.RunError(
        `IpAllowlist '${name}': these ranges are judged already; leave out serviceTag, cloud and source, or ranges`,
      );
    }
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
        actionRequired: undefined,
        confirmedDateTime: undefined,
        place: undefined,
        owned: undefined,
        stateVersion: undefined,
        // What was accepted last needs a memory, and has one place.
        ranges: judged ? given.ranges : new ServiceTagRanges(`${name}-ranges`, own, siblingOf(options)).ranges,
        ...withoutAbsent({ ...given, guards: guardsOfList(judged, guards, acceptForeignRemovals) }),
        ...confirmation(name, given),
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

/** With ranges that are judged already, all guards are passed on, so that check can say which of them belong elsewhere. */
function guardsOfList(judged: boolean, guards: AllowlistGuards | undefined, acceptForeignRemovals: number | undefined) {
  if (judged) return guards;
  return acceptForeignRemovals === undefined ? undefined : { acceptForeignRemovals };
}

function withoutAbsent(properties: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

/** Where the list's own ranges belong: beside it, with the same provider. */
function siblingOf({ parent, provider, protect }: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
  return withoutAbsent({ parent, provider, protect });
}
