/** The formats of ours that fwshift reads, and where it has what we call a list there. */
import { type Opinion, opinionOf, opinionOn, type Policy, type Rule } from "./fwshift.ts";

export interface Dialect {
  /** What fwshift calls the format. */
  readonly name: string;
  /** The file as fwshift is asked about it. Absent: as it is. */
  readonly asked?: (text: string) => string;
  /** Where lists are the sources of rules: our name of the list to which a rule belongs. Absent: lists are groups. */
  readonly listOf?: (rule: Rule) => string | undefined;
  /** What it appends to the name of the IPv6 list of a pair, where ours share a name. */
  readonly pair?: string;
}

export const dialects: Readonly<Record<string, Dialect>> = {
  "aws-sg": {
    name: "aws",
    listOf: ({ services: [service], source_ids: { "aws.group_id": group } }) =>
      `${group}/${service === "any" ? "all" : service?.replace("-", "/")}`,
  },
  "azure-nsg": {
    name: "azure",
    // Rules with an outbound one are what fwshift makes of two groups in a row.
    listOf: ({ source_ids: ids }) =>
      ids["azure.direction"] === "Inbound" && ids["azure.outbound"] === undefined
        ? `${ids["azure.nsg"]}/${ids["azure.name"]}`
        : undefined,
  },
  checkpoint: { name: "checkpoint" },
  "cisco-asa": { name: "asa" },
  "cisco-ios": { name: "ios" },
  fortios: { name: "fortios", pair: "-v6" },
  "gcp-firewall": {
    name: "gcp",
    listOf: ({ source_ids: ids }) => (ids["gcp.direction"] === "INGRESS" ? ids["gcp.firewall"] : undefined),
  },
  iptables: { name: "iptables" },
  junos: { name: "junos" },
  nftables: {
    name: "nftables",
    // It reads what is forwarded, and keeps the sets that those rules name: what comes in is asked about as forwarded.
    asked: (text) => text.replace(/(hook |"hook": *")input/g, "$1forward"),
  },
  opnsense: { name: "opnsense" },
  "panos-set": { name: "panos" },
  "panos-xml": { name: "panos" },
  pfsense: { name: "pfsense" },
};

/** The list by our name of it, with its scope where we have one; undefined when fwshift has no such list. */
export function opinionIn(policy: Policy, dialect: Dialect, name: string, scope?: string): Opinion | undefined {
  const { listOf, pair } = dialect;
  if (listOf === undefined) {
    const found = [name, ...(pair === undefined ? [] : [`${name}${pair}`])].flatMap(
      (one) => opinionOf(policy, one) ?? [],
    );
    if (found.length === 0) return undefined;
    return { prefixes: found.flatMap(({ prefixes }) => prefixes), open: found.flatMap(({ open }) => open) };
  }
  const wanted = scope === undefined ? name : `${scope}/${name}`;
  const own = policy.rules.filter((rule) => listOf(rule) === wanted);
  if (own.length === 0) return undefined;
  const { prefixes, open } = opinionOn(
    policy,
    own.flatMap(({ sources }) => sources),
  );
  return { prefixes, open: [...open, ...own.flatMap(({ unsupported }) => unsupported)] };
}
