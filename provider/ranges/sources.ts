/** Where ranges come from, as values that a program writes down. Nothing happens before they are resolved. */

/** The clouds that publish service tags. */
export type Cloud = "Public" | "AzureGovernment" | "China";

export const clouds: readonly Cloud[] = ["Public", "AzureGovernment", "China"];

/** A file on this machine. Made by {@link file}. */
export interface FileSource {
  readonly kind: "file";
  readonly path: string;
}

/** A file on a server. Made by {@link url}. */
export interface UrlSource {
  readonly kind: "url";
  readonly url: string;
}

/** Microsoft's weekly file. Made by {@link downloadCenter}. */
export interface DownloadCenterSource {
  readonly kind: "downloadCenter";
  readonly cloud: Cloud;
  readonly endpoint?: string;
}

/** The Azure API. Made by {@link serviceTagApi}. */
export interface ServiceTagApiSource {
  readonly kind: "serviceTagApi";
  readonly subscriptionId: string;
  readonly location: string;
  readonly cloud: Cloud;
  readonly token?: string | TokenReference | (() => Promise<string>);
  readonly endpoint?: string;
}

/** Name of the environment variable that holds a token. */
export interface TokenReference {
  readonly fromEnvironment: string;
}

/** Where ranges come from. */
export type RangeSource = FileSource | UrlSource | DownloadCenterSource | ServiceTagApiSource;

/** What {@link downloadCenter} takes. */
export interface DownloadCenterOptions {
  /** Whose file. @default "Public" */
  readonly cloud?: Cloud;
  /**
   * Another server that has the page, for tests and mirrors.
   * @default the environment variable MSEM_DOWNLOAD_CENTER_URL, or Microsoft's
   */
  readonly endpoint?: string;
}

/** What {@link serviceTagApi} takes. */
export interface ServiceTagApiOptions {
  /** A subscription in the cloud whose tags are wanted. */
  readonly subscriptionId: string;
  /** The region that answers, such as `westeurope`: not a filter. Regions may differ for some days; use that of your firewall. */
  readonly location: string;
  /** Decides the address of Azure Resource Manager and is checked against the answer. @default "Public" */
  readonly cloud?: Cloud;
  /**
   * An access token for Azure Resource Manager, the name of an environment variable that holds one, or a function that gets
   * one. It needs `Microsoft.Network/locations/{location}/serviceTags/read`.
   * @default whatever `@azure/identity` finds: environment, workload identity, `az login`
   */
  readonly token?: string | TokenReference | (() => Promise<string>);
  /** Another address of Azure Resource Manager. @default the environment variable MSEM_ARM_URL, or that of the cloud */
  readonly endpoint?: string;
}

/**
 * A weekly "Azure IP Ranges and Service Tags" file, an answer of the Azure API, or a file with a single tag object out of
 * either.
 *
 * @param path relative to the working directory: in a Pulumi program the folder of `Pulumi.yaml`
 */
export function file(path: string): FileSource {
  return { kind: "file", path };
}

/**
 * As {@link file}, from a server: your own mirror, for machines that may not reach Microsoft's.
 *
 * @param address https; plain http for loopback hosts only
 */
export function url(address: string): UrlSource {
  return { kind: "url", url: address };
}

/**
 * The newest weekly file of Microsoft's Download Center. New addresses stay unused for at least a week after publication.
 *
 * @see https://www.microsoft.com/download/details.aspx?id=56519
 */
export function downloadCenter(options: DownloadCenterOptions = {}): DownloadCenterSource {
  const { cloud = "Public", endpoint } = options;
  return { kind: "downloadCenter", cloud, ...(endpoint === undefined ? {} : { endpoint }) };
}

/**
 * The service tags as Azure Resource Manager lists them, for a subscription. It may be weeks behind the weekly file, and
 * its change numbers are another counter.
 *
 * @see https://learn.microsoft.com/rest/api/virtualnetwork/service-tags/list
 */
export function serviceTagApi(options: ServiceTagApiOptions): ServiceTagApiSource {
  return { cloud: "Public", ...options, kind: "serviceTagApi" };
}

/** Options that are in order. */
export interface WantedRanges {
  readonly source: RangeSource;
  readonly serviceTag: string;
  readonly cloud?: Cloud;
}
