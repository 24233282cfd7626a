/** The formats of firewall configurations: one line each. Detection by content, and reading with clear errors. */
import type { Format, Model } from "../core/allowlist/index";
import { closeNames } from "../core/closeNames";
import { MsemError } from "../core/errors";
import { awsPrefixList } from "./aws-prefix-list/index";
import { awsSg } from "./aws-sg/index";
import { awsWafv2 } from "./aws-wafv2/index";
import { azureFirewallPolicy } from "./azure-firewall-policy/index";
import { azureIpGroup } from "./azure-ipgroup/index";
import { azureNsg } from "./azure-nsg/index";
import { azureStorage } from "./azure-storage/index";
import { checkpoint } from "./checkpoint/index";
import { ciscoAsa } from "./cisco-asa/index";
import { ciscoIos } from "./cisco-ios/index";
import { ciscoNxos } from "./cisco-nxos/index";
import { cloudflareList } from "./cloudflare-list/index";
import { csv } from "./csv/index";
import { fortios } from "./fortios/index";
import { gcpCloudArmor } from "./gcp-cloud-armor/index";
import { gcpFirewall } from "./gcp-firewall/index";
import { ipset } from "./ipset/index";
import { iptables } from "./iptables/index";
import { junos } from "./junos/index";
import { nftables } from "./nftables/index";
import { opnsense } from "./opnsense/index";
import { panosEdl } from "./panos-edl/index";
import { panosSet } from "./panos-set/index";
import { panosXml } from "./panos-xml/index";
import { pfsense } from "./pfsense/index";
import { servicenowIpAccess } from "./servicenow-ip-access/index";
import { text } from "./text/index";

/** Every format, in the order of the docs. */
export const formats: readonly Format[] = [
  awsPrefixList,
  awsSg,
  awsWafv2,
  azureFirewallPolicy,
  azureIpGroup,
  azureNsg,
  azureStorage,
  checkpoint,
  ciscoAsa,
  ciscoIos,
  ciscoNxos,
  cloudflareList,
  fortios,
  gcpCloudArmor,
  gcpFirewall,
  ipset,
  iptables,
  junos,
  nftables,
  opnsense,
  panosEdl,
  panosSet,
  panosXml,
  pfsense,
  servicenowIpAccess,
  csv,
  text,
];

/** How much of a file detection looks at. */
export const headLength = 64 * 1024;

/** Below this no format is likely enough, and within the margin two are equally likely. */
const likely = 0.4;
const margin = 0.15;

/** @throws MsemError `MSEM_INVALID` when there is no such format, with close names */
export function findFormat(id: string): Format {
  const found = formats.find((format) => format.id === id.toLowerCase());
  if (found !== undefined) return found;
  const ids = formats.map((format) => format.id);
  const close = closeNames(id, ids);
  throw new MsemError("MSEM_INVALID", `--vendor ${JSON.stringify(id)} is no format`, {
    hint: close.length > 0 ? `Close: ${close.join(", ")}.` : `There are: ${ids.join(", ")}.`,
  });
}

/**
 * The format of a file, by its content.
 *
 * @throws MsemError `MSEM_INVALID` when none or more than one is likely; the message names the candidates
 */
export function detectFormat(content: string, file: string): Format {
  const head = withoutMark(content).slice(0, headLength);
  const ranked = formats.map((format) => ({ format, score: format.detect(head) })).sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (best === undefined || best.score < likely) {
    throw new MsemError("MSEM_INVALID", `${file}: cannot tell what kind of configuration this is`, {
      hint: `Say so with --vendor: ${formats.map(({ id }) => id).join(", ")}.`,
    });
  }
  if (second !== undefined && best.score - second.score < margin) {
    const candidates = ranked.filter(({ score }) => best.score - score < margin).map(({ format }) => format.id);
    throw new MsemError("MSEM_INVALID", `${file} could be ${candidates.join(" or ")}`, {
      hint: `Say which with --vendor ${candidates[0]}.`,
    });
  }
  return best.format;
}

export interface Config {
  readonly format: Format;
  readonly model: Model;
}

/**
 * Reads a configuration.
 *
 * @param vendor id of the format; absent: by content
 * @throws MsemError `MSEM_INVALID` when it is binary, or nothing of the format is in it
 */
export function readConfig(content: string, file: string, vendor?: string): Config {
  if (content.includes("\0")) throw new MsemError("MSEM_INVALID", `${file}: this is not a text file`);
  const body = withoutMark(content);
  const format = vendor === undefined ? detectFormat(body, file) : findFormat(vendor);
  const model = format.parse(body, file);
  if (model.sets.length === 0 && model.ruleLists.length === 0) throw nothingFound(body, file, format);
  return { format, model };
}

function nothingFound(body: string, file: string, format: Format): MsemError {
  if (body.trim() === "") return new MsemError("MSEM_INVALID", `${file} is empty`);
  const others = formats
    .filter((other) => other !== format && other.detect(body.slice(0, headLength)) >= likely)
    .map(({ id }) => id);
  return new MsemError("MSEM_INVALID", `${file} has no list and no rule that ${format.displayName} would have`, {
    hint:
      others.length > 0
        ? `It looks like ${others.join(" or ")}: --vendor ${others[0]}.`
        : "Is it the whole configuration, and the right vendor?",
  });
}

function withoutMark(content: string): string {
  return content.startsWith("\ufeff") ? content.slice(1) : content;
}
