/** Where an allowlist is kept: one function per product. Secrets are always secret, whatever the program did. */
import type * as pulumi from "@pulumi/pulumi";
import type { ServiceNowBasicAuthentication, ServiceNowOAuth2Authentication } from "./connectors/servicenow";
import { markedSecrets } from "./secrets";
import type { SecretInput } from "./types";

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

/** Palo Alto Prisma Cloud: trusted login IP addresses. */
export interface PrismaCloudTargetArgs {
  /** ID of an access key whose role may change the trusted login addresses; not that of the connector. */
  accessKeyId: pulumi.Input<string>;
  /** Secret of that access key. */
  secretKey: SecretInput;
  /** Address of the API for your tenant, such as `https://api.eu.prismacloud.io`. Another one replaces the resource. */
  endpoint: pulumi.Input<string>;
}

/**
 * The named lists of addresses that may sign in to Prisma Cloud, console and API: 50 lists of 10 prefixes, those of your
 * own included. Ours are named after project, stack and resource; what is entered there by hand is removed. The switch
 * that turns the restriction on is never touched. Only IPv4: no form of an entry is documented, and IPv6 is left out with
 * a warning.
 */
export function prismaCloud(args: PrismaCloudTargetArgs): Target {
  return target("prismaCloud", args, ["secretKey"]);
}

/** ServiceNow: IP address access control. */
export interface ServiceNowTargetArgs {
  /** Your instance: `https://contoso.service-now.com`. Another one replaces the resource. */
  endpoint: pulumi.Input<string>;
  /**
   * How to sign in: a user, or an OAuth application by client credentials. Both need the role admin, which the connector
   * does not.
   */
  authentication: ServiceNowBasicAuthentication | ServiceNowOAuth2Authentication;
}

/**
 * The rows of ServiceNow's IP address access control that let addresses in. Rows that deny are read, never written. Ours
 * are marked in their description with project, stack and resource. Only IPv4: IPv6 is not stated for these rows, and is
 * left out with a warning.
 */
export function serviceNow(args: ServiceNowTargetArgs): Target {
  return target("serviceNow", args, [], ["password", "clientSecret"]);
}

/** Wiz: IP restrictions of service accounts. */
export interface WizTargetArgs {
  /**
   * Must be `true`: no public document describes Wiz's IP restrictions. An audit event proves that they can be set; the
   * query, whole-list replacement and the meaning of an empty list are inferred.
   */
  experimental: true;
  /** API endpoint of your tenant's data center, `https://api.eu1.app.wiz.io`. Another one replaces the resource. */
  apiEndpoint: pulumi.Input<string>;
  /**
   * Address of the token server. Government tenants have another one.
   * @default "https://auth.app.wiz.io/oauth/token"
   */
  tokenEndpoint?: pulumi.Input<string>;
  /** Client ID of a service account that may change the security settings; not that of the connector. */
  clientId: pulumi.Input<string>;
  /** Client secret of that service account. */
  clientSecret: SecretInput;
}

/**
 * Experimental. The list of addresses from which Wiz's service accounts may call; that of users is left as it is. An empty
 * list presumably restricts nobody, so that the first entry would shut out every other service account: it is not filled
 * without `startEnforcement`, and not without `callerPrefixes`, because no guard of Wiz's against a lock-out is known. Only
 * IPv4.
 */
export function wiz(args: WizTargetArgs): Target {
  return target("wiz", args, ["clientSecret"]);
}

/** Products whose allowlist has no public API. */
export interface ManualTargetArgs {
  product: "qualys" | "rapid7" | "crowdstrike" | "sentinelone" | "armis" | "dragos" | "forescout";
}

/** For a product without an API: the list is rendered for pasting, its change number recorded, and a person confirms. */
export function manual(args: ManualTargetArgs): Target {
  return target("manual", args, []);
}

/** @param union secret fields within `authentication` */
function target(kind: string, args: object, secrets: readonly string[], union: readonly string[] = []): Target {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return {
    kind,
    ...Object.fromEntries(given),
    ...markedSecrets({ fields: secrets, union }, Object.fromEntries(given)),
  };
}
