import * as pulumi from "@pulumi/pulumi";
import type { Connector } from "./connector";

/** Arguments of a {@link ConnectorHealth}. All are changed in place. */
export interface ConnectorHealthArgs {
  /** The connector whose data is to be seen. Else give `connectorType`. */
  connector?: Connector;
  /**
   * Type of the connection: `serviceNow`, `qualys`, `rapid7`, `tenable`, …
   * @default that of `connector`
   */
  connectorType?: pulumi.Input<string>;
  /**
   * Id of the connection. For messages only: the graph tells products apart, not the connections of one product.
   * @default that of `connector`
   */
  connectionId?: pulumi.Input<string>;
  /**
   * When the connection, or its newest credential, came to be; RFC 3339. The grace period begins here.
   * @default that of `connector`, else when this resource was created
   */
  connectedSince?: pulumi.Input<string>;
  /**
   * Hours, from 0 to 720, that data may take before its absence is drift.
   * @default 72: a public summary says that the graph follows its sources within 72 hours
   */
  gracePeriodHours?: pulumi.Input<number>;
  /**
   * What `up` does when no data is seen after the grace period: `warn` warns, `fail` fails with MSEM_INGESTION. In a
   * refresh both are drift of `health`.
   * @default "warn"
   */
  onStalled?: pulumi.Input<"warn" | "fail">;
}

/**
 * Watches through Microsoft Graph (advanced hunting) whether a connector's data arrives in the exposure graph. It asks
 * for counts only, and changes nothing anywhere.
 *
 * Needs the permission ThreatHunting.Read.All. Microsoft documents a query for ServiceNow, Qualys, Rapid7 and Tenable;
 * any other product stays `notVerifiable`.
 *
 * @throws MSEM_INGESTION, with `onStalled: "fail"`, when nothing is seen after the grace period
 *
 * @example
 * ```ts
 * new msem.ConnectorHealth("scanner-data", { connector: scanner, onStalled: "fail" });
 * ```
 */
export class ConnectorHealth extends pulumi.CustomResource {
  /** Coarse, so that it changes only when it matters. */
  declare readonly state: pulumi.Output<"pending" | "flowing" | "stalled" | "notVerifiable">;
  /** `ok`, or why the data is taken for missing. `pending` is `ok`. */
  declare readonly health: pulumi.Output<string>;
  /** Day (UTC) on which data was first seen. */
  declare readonly firstSeen: pulumi.Output<string | undefined>;
  /** Type of the connection. */
  declare readonly connectorType: pulumi.Output<string>;

  constructor(name: string, args: ConnectorHealthArgs, options?: pulumi.CustomResourceOptions) {
    const { connector, ...rest } = args;
    super(
      "pulumi-nodejs:dynamic/msem:ConnectorHealth",
      name,
      {
        state: undefined,
        health: undefined,
        firstSeen: undefined,
        watchedSince: undefined,
        stateVersion: undefined,
        ...(connector === undefined ? {} : watched(connector)),
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
        owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
        // Constant for ever: nothing is serialised, and a new release makes no difference in any state.
        __provider: 'exports.handler = () => require("pulumi-msem/runtime").ConnectorHealth;',
      },
      { deleteBeforeReplace: true, ...options },
    );
  }
}

function watched(connector: Connector): Record<string, unknown> {
  const times = pulumi.all([connector.createdDateTime, connector.credentialAppliedDateTime]);
  return {
    connectorType: connector.className,
    // One that is connected by hand has none.
    connectionId: connector.connectionId.apply((id) => (id === "" ? undefined : id)),
    // RFC 3339 in UTC sorts as text. A credential whose time is not known yet is an empty text.
    connectedSince: times.apply((both) => [...both].sort().pop()),
  };
}
