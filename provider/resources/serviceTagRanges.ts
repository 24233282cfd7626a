import * as pulumi from "@pulumi/pulumi";
import type { GuardOptions, RawPublished } from "../core/servicetags";
import { type Cloud, judgeOptions, type RangeSource } from "../ranges";
import { cleanly } from "./ranges";

export type { GuardOptions } from "../core/servicetags";

/** What to guard. Plain values: the program resolves the list itself, so that a preview shows each prefix. */
export interface ServiceTagRangesArgs {
  /** Name of the service tag, without regard to case. Another tag replaces the resource. @default "Scuba" */
  serviceTag?: string;
  /** Which cloud's list. Changed in place; the guards hold. @default "Public", or what the source has */
  cloud?: Cloud;
  /**
   * `downloadCenter()`, `serviceTagApi({ … })`, `url("https://…")` or `file("…")`. Changed in place; the guards hold, but
   * change numbers of the weekly file and of the Azure API are never compared.
   * @default `downloadCenter({ cloud })`
   */
  source?: RangeSource;
  /** How far a newly published list may differ from the last accepted one. A preview shows every change of them. */
  guards?: GuardOptions;
}

/** A guarded list, as other resources of this package take it. */
export interface RangesValue {
  readonly serviceTag: string;
  readonly changeNumber: number;
  /** Canonical prefix to label: `Scuba`, or `Scuba (withdrawn 2026-11-24, until 2026-12-08)`. */
  readonly prefixes: Readonly<Record<string, string>>;
}

/**
 * The published addresses of a service tag, remembered and guarded: each newly published list is judged against the last
 * accepted one, and a withdrawn prefix stays allowed for two weeks. A refusal stops the run before anything is changed,
 * with `MSEM_REFUSED`, the measured figure and the way out. Everything it gives is known in a preview.
 *
 * These addresses are shared with other tenants: letting them through does not authenticate anybody.
 *
 * @example
 * ```ts
 * const scuba = new msem.ServiceTagRanges("scuba");
 * new azure.network.IpGroup("scuba", { resourceGroupName: group.name, ipAddresses: scuba.ipv4 });
 * ```
 * @see https://learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
export class ServiceTagRanges extends pulumi.CustomResource {
  /** The tag's name as Microsoft writes it. */
  declare readonly serviceTag: pulumi.Output<string>;
  /** Change number of the accepted list. */
  declare readonly changeNumber: pulumi.Output<number>;
  /** Canonical prefix to label: `Scuba`, or `Scuba (withdrawn 2026-11-24, until 2026-12-08)`. */
  declare readonly prefixes: pulumi.Output<Record<string, string>>;
  /** All of it, for other resources of this package. */
  readonly ranges: pulumi.Output<RangesValue>;
  /** Sorted. */
  readonly ipv4: pulumi.Output<string[]>;
  /** Sorted. */
  readonly ipv6: pulumi.Output<string[]>;

  constructor(name: string, args: ServiceTagRangesArgs = {}, options?: pulumi.CustomResourceOptions) {
    super(
      "pulumi-nodejs:dynamic/msem:ServiceTagRanges",
      name,
      {
        // `check` judges what was published and keeps what it accepts, and the guards; the rest it drops.
        published: resolvePublished(args),
        guards: args.guards,
        name,
        serviceTag: undefined,
        changeNumber: undefined,
        prefixes: undefined,
        // Constant for ever: nothing is serialised, and a new release makes no difference in any state.
        __provider: 'exports.handler = () => require("pulumi-msem/runtime").ServiceTagRanges;',
      },
      options,
    );
    this.ranges = pulumi
      .all([this.serviceTag, this.changeNumber, this.prefixes])
      .apply(([serviceTag, changeNumber, prefixes]) => ({ serviceTag, changeNumber, prefixes }));
    const list = (family: "ipv4" | "ipv6") => this.prefixes.apply((prefixes) => sortedOf(family, prefixes));
    this.ipv4 = list("ipv4");
    this.ipv6 = list("ipv6");
  }
}

/** Runs in the program, once per process and source; a failure is a clean line. */
function resolvePublished({ source, cloud, serviceTag }: ServiceTagRangesArgs): Promise<RawPublished> {
  return cleanly(async () => {
    const asOf = new Date(Date.now()).toISOString().slice(0, 10);
    const wanted = judgeOptions({
      ...(source === undefined ? {} : { source }),
      ...(cloud === undefined ? {} : { cloud }),
      ...(serviceTag === undefined ? {} : { serviceTag }),
    });
    // Loaded late: a program without ranges does not pay for the schemas.
    const { publishedRanges } = require("../ranges/published") as typeof import("../ranges/published");
    const { formatPrefix } = require("../core/ip/index") as typeof import("../core/ip/index");
    const { prefixes, ...published } = await publishedRanges(wanted);
    return { ...published, prefixes: prefixes.map(formatPrefix), asOf };
  });
}

/** A map has lost its order on the way through the engine. */
function sortedOf(family: "ipv4" | "ipv6", prefixes: Readonly<Record<string, string>>): string[] {
  const { comparePrefixes, formatPrefix, parsePrefix } =
    require("../core/ip/index") as typeof import("../core/ip/index");
  return Object.keys(prefixes)
    .flatMap((text) => {
      const parsed = parsePrefix(text);
      return parsed.ok && parsed.value.family === family ? [parsed.value] : [];
    })
    .sort(comparePrefixes)
    .map(formatPrefix);
}
