import * as pulumi from "@pulumi/pulumi";
import { type ActionRequired, handOffInputs } from "./handOff";
import { type ArgumentSecrets, markedSecrets } from "./secrets";
import { isSecretReference } from "./types";

export type { SecretInput, SecretReference } from "./types";

/** Arguments that every connector has. All are changed in place; none replaces the connection. */
export interface ConnectorArgs {
  /**
   * Name of the connection, unique in the tenant without regard to case; it tells several instances of one product
   * apart.
   * @default the resource's logical name
   */
  name?: pulumi.Input<string>;
  /** What the connection is for; up to 1,024 characters. */
  description?: pulumi.Input<string>;
  /** Your own tags. The provider adds its own (`managed-by`, `pulumi-project`, `pulumi-stack`, `pulumi-name`). */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Any text. Raise it to push a rotated secret. While it stays the same, the secret of the last `up` stays in force,
   * so that a value that differs at every run (a vault that mints a password per read) makes no difference.
   * @default none: every change of a secret's value is pushed
   */
  credentialVersion?: pulumi.Input<string>;
  /**
   * Take over a connection of this name that belongs to someone else, with its settings and credential.
   * @default false: a taken name is an error that names the owner
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Ask the product itself, in create and update and before anything is sent to the service, whether the credential
   * works and may read what the connector reads. Never in a preview. It runs from this machine: it does not prove that
   * Microsoft's addresses get through. A check takes at most 20 s.
   *
   * - `"require"`: a refused credential, a missing right, a wrong address or no answer is an error, `MSEM_PREFLIGHT`.
   * - `"warn"`: the same is a warning of the engine.
   * - `"off"`: no call.
   *
   * What each product's pre-flight proves: docs/preflight.md.
   * @default "off"
   */
  preflight?: pulumi.Input<"require" | "warn" | "off">;
  /**
   * With the portal driver only: when somebody did by hand what `actionRequired` asks for; RFC 3339 with a zone. It
   * settles what was asked by then; what changes later is asked anew.
   * @default what `msem confirm` wrote to the stack's configuration (`msem:confirmed`)
   */
  confirmed?: pulumi.Input<string>;
}

const outputs = {
  connectionId: undefined,
  status: undefined,
  health: undefined,
  credentialInfo: undefined,
  credentialAppliedDateTime: undefined,
  createdDateTime: undefined,
  actionRequired: undefined,
  confirmedDateTime: undefined,
  tenant: undefined,
  stateVersion: undefined,
};

/** A data connector of Microsoft Security Exposure Management. The product's own class adds its fields. */
export abstract class Connector extends pulumi.CustomResource {
  /**
   * Id of the connection at the service. The resource's id is the same, but for a connection that was handed off first.
   * Empty with the portal driver.
   */
  declare readonly connectionId: pulumi.Output<string>;
  /**
   * `connected`, `failed` or `connecting`. With the portal driver `actionRequired`, or `confirmed`: somebody says that it
   * is done, nothing here can see it. Coarse, so that it does not flicker.
   */
  declare readonly status: pulumi.Output<string>;
  /** `ok`, or why the connection does not work; `notVerifiable` with the portal driver. */
  declare readonly health: pulumi.Output<string>;
  /** Name of the connection. */
  declare readonly name: pulumi.Output<string>;
  /** How the connection signs in, and when that ends if the service knows. No secrets. */
  declare readonly credentialInfo: pulumi.Output<{ kind: string; expiresDateTime?: string }>;
  /**
   * When the service took the credential that this stack applied last; RFC 3339. With the portal driver: when somebody
   * confirmed last, or empty.
   */
  declare readonly credentialAppliedDateTime: pulumi.Output<string>;
  /** RFC 3339. With the portal driver: when it was first asked for. */
  declare readonly createdDateTime: pulumi.Output<string>;
  /** With the portal driver: what a person has to do, `null` when there is nothing to do. */
  declare readonly actionRequired: pulumi.Output<ActionRequired | null | undefined>;
  /** With the portal driver: the confirmation that counted last, RFC 3339; `null` while there was none. */
  declare readonly confirmedDateTime: pulumi.Output<string | null | undefined>;
  /** Name of the product's class: what this is, also where a bundler renames classes. */
  readonly className: string;

  protected constructor(
    className: string,
    secrets: ArgumentSecrets,
    name: string,
    args: (ConnectorArgs & object) | undefined,
    options?: pulumi.CustomResourceOptions,
  ) {
    const given: Record<string, unknown> = { ...args };
    const wanted =
      options?.id === undefined
        ? {
            name,
            ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
            ...markedSecrets(secrets, given),
            ...handOffInputs(secrets, name, given),
            owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
          }
        : { name: undefined };
    super(
      `pulumi-nodejs:dynamic/msem:${className}`,
      name,
      {
        ...outputs,
        ...wanted,
        // Constant for ever: nothing is serialised, and a new release makes no difference in any state.
        __provider: `exports.handler = () => require("pulumi-msem/runtime").${className};`,
      },
      {
        // A replacement would otherwise adopt the old connection by its name, and then delete it.
        deleteBeforeReplace: true,
        ...options,
        additionalSecretOutputs: [
          ...(options?.additionalSecretOutputs ?? []),
          ...secrets.fields.filter((field) => !isSecretReference(given[field])),
          ...(secrets.union === undefined ? [] : ["authentication"]),
        ],
      },
    );
    this.className = className;
  }
}
