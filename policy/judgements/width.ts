/** How much of the Internet a list lets in. */
import { firstOf, formatCount, type Inputs, isRecord, type Judgement } from "../subject";

export interface WidthSettings {
  readonly shortestIpv4: number;
  readonly shortestIpv6: number;
  readonly maxIpv4Addresses: number;
  readonly maxPrefixes: number;
  readonly accepted: readonly string[];
}

interface Prefix {
  readonly text: string;
  readonly why: string;
  readonly family: "ipv4" | "ipv6";
  readonly length: number;
}

/** Lists that let somebody in, or are made to be put where somebody is let in. */
const lists = ["IpAllowlist", "ServiceTagRanges"];

export const judgeWidth: Judgement<WidthSettings> = ({ className, inputs }, settings) => {
  if (!lists.includes(className)) return [];
  const { prefixes, unreadable } = prefixesOf(inputs);
  const judged = prefixes.filter(({ text }) => !settings.accepted.includes(text));
  const shortest = { ipv4: settings.shortestIpv4, ipv6: settings.shortestIpv6 };
  const wide = judged.filter(({ family, length }) => length < shortest[family]);
  const ipv4 = judged.filter(({ family }) => family === "ipv4");
  const addresses = ipv4.reduce((sum, { length }) => sum + 2 ** (32 - length), 0);
  return [
    ...firstOf(
      unreadable.map((text) => `"${text}" cannot be read as a prefix, so nobody knows how wide it is`),
      "entries",
    ),
    ...firstOf(
      wide.map(({ text, why, family }) => `${text} ("${why}") is wider than /${shortest[family]}`),
      "wide prefixes",
    ),
    ...(addresses > settings.maxIpv4Addresses
      ? [
          `${formatCount(addresses)} IPv4 addresses are let in altogether; the limit is ${formatCount(settings.maxIpv4Addresses)}`,
        ]
      : []),
    ...(judged.length > settings.maxPrefixes
      ? [`${formatCount(judged.length)} prefixes; the limit is ${formatCount(settings.maxPrefixes)}`]
      : []),
  ];
};

/** The provider's check writes canonical text, so that little is left to parse. */
function prefixesOf({ prefixes }: Inputs): { prefixes: readonly Prefix[]; unreadable: readonly string[] } {
  if (!isRecord(prefixes)) return { prefixes: [], unreadable: [] };
  const read: Prefix[] = [];
  const unreadable: string[] = [];
  for (const [text, label] of Object.entries(prefixes)) {
    const [, address = "", digits] = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(text) ?? [];
    const family = address.includes(":") ? "ipv6" : "ipv4";
    const length = Number(digits);
    // Also NaN is not at most 32.
    if (!(length <= (family === "ipv4" ? 32 : 128))) unreadable.push(text);
    else read.push({ text, why: typeof label === "string" ? label : "not known yet", family, length });
  }
  return { prefixes: read, unreadable };
}
