import * as pulumi from "@pulumi/pulumi";
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
}

/** Which arguments are secret. */
export interface ConnectorSecrets {
  /** Top-level arguments. */
  readonly fields: readonly string[];
  /** Secret fields within the union argument `authentication`. */
  readonly union?: readonly string[];
}

const outputs = {
  connectionId: undefined,
  status: undefined,
  health: undefined,
  credentialInfo: undefined,
  credentialAppliedDateTime: undefined,
  createdDateTime: undefined,
  tenant: undefined,
  stateVersion: undefined,
};

/** A data connector of Microsoft Security Exposure Management. The product's own class adds its fields. */
export abstract class Connector extends pulumi.CustomResource {
  /** Id of the connection at the service; the same as the resource's id. */
  declare readonly connectionId: pulumi.Output<string>;
  /** `connected`, `failed`, `connecting` or `actionRequired`. Coarse, so that it does not flicker. */
  declare readonly status: pulumi.Output<string>;
  /** `ok`, or why the connection does not work. */
  declare readonly health: pulumi.Output<string>;
  /** Name of the connection. */
  declare readonly name: pulumi.Output<string>;
  /** How the connection signs in, and when that ends if the service knows. No secrets. */
  declare readonly credentialInfo: pulumi.Output<{ kind: string; expiresDateTime?: string }>;
  /** When the service took the credential that this stack applied last; RFC 3339. */
  declare readonly credentialAppliedDateTime: pulumi.Output<string>;
  /** RFC 3339. */
  declare readonly createdDateTime: pulumi.Output<string>;
  /** Name of the product's class: what this is, also where a bundler renames classes. */
  readonly className: string;

  protected constructor(
    className: string,
    secrets: ConnectorSecrets,
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
            ...marked(secrets, given),
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

/** The secret arguments, marked as such whatever the program did. */
function marked(secrets: ConnectorSecrets, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = Object.fromEntries(
    secrets.fields.filter((field) => given[field] !== undefined).map((field) => [field, protect(given[field])]),
  );
  if (secrets.union === undefined || given.authentication === undefined) return fields;
  return { ...fields, authentication: markedUnion(secrets.union, given.authentication) };
}

function markedUnion(names: readonly string[], authentication: unknown): unknown {
  if (pulumi.Output.isInstance(authentication) || authentication instanceof Promise)
    return pulumi.secret(authentication);
  if (typeof authentication !== "object" || authentication === null) return authentication;
  return Object.fromEntries(
    Object.entries(authentication).map(([name, value]) => [name, names.includes(name) ? protect(value) : value]),
  );
}

function protect(value: unknown): unknown {
  return isSecretReference(value) ? value : pulumi.secret(value);
}
