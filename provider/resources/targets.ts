/** Where an allowlist is kept: one function per product. Secrets are always secret, whatever the program did. */
import * as pulumi from "@pulumi/pulumi";
import { isSecretReference, type SecretInput } from "./types";

/** Made by one of the functions of `msem.targets`. */
export interface Target {
  readonly kind: string;
  readonly [argument: string]: unknown;
}

/** Tenable Vulnerability Management: API access security. */
export interface TenableTargetArgs {
  /** Access key of a Tenable user with the role Administrator; not that of the connector. */
  accessKey: pulumi.Input<string>;
  /** Secret key of the same pair. */
  secretKey: SecretInput;
  /**
   * Address of the API.
   * @default "https://cloud.tenable.com"
   */
  endpoint?: pulumi.Input<string>;
}

/** The list of addresses that may use Tenable's API. Both families, no documented maximum. */
export function tenable(args: TenableTargetArgs): Target {
  return target("tenable", args, ["secretKey"]);
}

/** Products whose allowlist has no public API. */
export interface ManualTargetArgs {
  product: "qualys" | "rapid7" | "crowdstrike" | "sentinelone" | "armis" | "dragos" | "forescout";
}

/** For a product without an API: the list is rendered for pasting, its change number recorded, and a person confirms. */
export function manual(args: ManualTargetArgs): Target {
  return target("manual", args, []);
}

function target(kind: string, args: object, secrets: readonly string[]): Target {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return {
    kind,
    ...Object.fromEntries(
      given.map(([name, value]) => [
        name,
        secrets.includes(name) && !isSecretReference(value) ? pulumi.secret(value) : value,
      ]),
    ),
  };
}
