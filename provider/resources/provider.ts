import * as pulumi from "@pulumi/pulumi";
import { isSecretReference, type SecretInput } from "./types";

/** How to reach one tenant. Whatever is left out comes from the environment (`MSEM_ENDPOINT`, `MSEM_TOKEN`, …). */
export interface ProviderArgs {
  /**
   * Who carries out what the program says: `api`, a service that speaks the Connection API; `portal`, a person, who is
   * told what to enter in Microsoft's portal. With `portal` neither endpoint nor token is needed. See docs/portal.md.
   * @default "api"
   */
  driver?: "api" | "portal";
  /** URL of the Connection API. `https`, or `http` on a loopback address. */
  endpoint?: pulumi.Input<string>;
  /** Bearer token (stored as a secret), or a reference to it (not in state). */
  token?: SecretInput;
  /** Microsoft Entra scope to ask a token for, when there is no `token`. */
  scope?: pulumi.Input<string>;
  /** URL of Microsoft Graph, for a national cloud. @default "https://graph.microsoft.com" */
  graphEndpoint?: pulumi.Input<string>;
  /**
   * Bearer token for Microsoft Graph (stored as a secret), or a reference to it (not in state). Used by ConnectorHealth.
   * @default a token from Microsoft Entra, by the identity that the machine offers
   */
  graphToken?: SecretInput;
  /** Seconds that one request may take. @default 30 */
  requestTimeoutSeconds?: pulumi.Input<number>;
  /** Seconds that the service may take to connect, reconnect or test. @default 300 */
  operationTimeoutSeconds?: pulumi.Input<number>;
}

/**
 * One tenant of several in one program: pass it as `provider` in a connector's options. It has its own process and
 * configuration.
 *
 * @example
 * ```ts
 * const tenantB = new msem.Provider("tenant-b", { endpoint, token: config.requireSecret("tenantBToken") });
 * new msem.QualysConnector("scanner-b", { … }, { provider: tenantB });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    super(
      "pulumi-nodejs",
      name,
      {
        "msem:driver": args.driver,
        "msem:endpoint": args.endpoint,
        "msem:token": token(args.token),
        "msem:scope": args.scope,
        "msem:graphEndpoint": args.graphEndpoint,
        "msem:graphToken": token(args.graphToken),
        "msem:requestTimeoutSeconds": text(args.requestTimeoutSeconds),
        "msem:operationTimeoutSeconds": text(args.operationTimeoutSeconds),
      },
      options,
    );
  }
}

/** Provider configuration is text: a reference travels as JSON. */
function token(given: SecretInput | undefined): pulumi.Input<string> | undefined {
  if (given === undefined) return undefined;
  return isSecretReference(given) ? JSON.stringify(given) : pulumi.secret(given);
}

function text(given: pulumi.Input<number> | undefined): pulumi.Input<string> | undefined {
  return given === undefined ? undefined : pulumi.output(given).apply(String);
}
