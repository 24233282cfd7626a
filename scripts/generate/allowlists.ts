/** Renders the part of a vendor's page that its allowlist target says: what is kept, limits, rights, what destroy leaves. */

import type { Field } from "../../provider/core/connector/define.ts";
import type { Capability } from "../../provider/core/targets/capability.ts";
import type { TargetDescriptor } from "../../provider/core/targets/target.ts";

/** For a product with a live target. */
export function renderTargetSection(target: TargetDescriptor): string {
  const { capability, displayName, experimental } = target;
  return [
    `\`IpAllowlist\` keeps ${displayName} equal to the published ranges:`,
    "",
    "```ts",
    ...exampleOf(target),
    "```",
    "",
    ...(experimental === undefined
      ? []
      : [`**Experimental**, and refused without \`experimental: true\`: ${experimental}.`, ""]),
    "| | |",
    "|---|---|",
    row("Families", capability.families.map((family) => (family === "ipv4" ? "IPv4" : "IPv6")).join(" and ")),
    row("Entries", formsOf(capability)),
    row("Limits", limitsOf(capability)),
    row("Written", granularities[capability.granularity.kind]),
    row("Ours is what", ownerships[capability.ownership]),
    row("An empty list", emptiness[capability.emptyMeans]),
    row("Locking oneself out", guards[capability.selfLockoutGuard]),
    row("Two writers at once", concurrencies[capability.concurrency]),
    row(
      "On `destroy`",
      "only what is ours goes. It leaves, with a warning, the last entry of a list in force and what lets `callerPrefixes` in",
    ),
    row("Verified", `${capability.lastVerified}. ${capability.source}`),
    "",
    "Rights that it needs:",
    "",
    ...target.prerequisites.map((right) => `- ${right}`),
    ...((capability.remarks?.length ?? 0) === 0
      ? []
      : ["", "To know:", "", ...(capability.remarks ?? []).map((remark) => `- ${remark}`)]),
    "",
    `[${experimental === undefined ? "The vendor's page" : "The public evidence"}](${target.documentationUrl})`,
  ].join("\n");
}

/** For a product whose allowlist a person fills. */
export function renderManualSection(product: string, place: string): string {
  return `\`IpAllowlist\` with \`msem.targets.manual({ product: "${product}" })\` writes nothing: it renders the list for pasting (output \`paste\`), records its change number, and asks for it (output \`actionRequired\`) until somebody confirms: \`msem confirm\`. Where to enter it: ${place}.`;
}

const granularities = {
  entry: "row by row: what is done when one is refused stays done, and the next run carries on",
  list: "the whole list at once, after reading it again",
  lists: "one list at a time, additions before removals; entries do not move between lists",
} as const;

const ownerships = {
  mark: "has project, stack and resource in its description",
  list: "stands in a list named after project, stack and resource",
  state: "the stack's state says: the product keeps no marks",
} as const;

const emptiness = {
  open: "lets everybody in, so it is not filled without `startEnforcement: true`",
  harmless: "is no restriction that an entry would start",
} as const;

const guards = {
  server: "refused by the product itself; `callerPrefixes` keeps it from being tried",
  none: "not prevented by the product for every change: give `callerPrefixes`, which is demanded where it matters",
} as const;

const concurrencies = {
  none: "read, compare, write, read again; a lost race is repeated, then reported",
  token: "the product refuses the second one by a version token",
} as const;

function formsOf({ forms }: Capability): string {
  const names = { prefix: "prefixes", range: "ranges (first and last address)", single: "single addresses" };
  const [written, ...others] = forms;
  const read = others.length === 0 ? "" : `; ${others.map((form) => names[form]).join(" and ")} are read too`;
  return `written as ${names[written]}${read}`;
}

function limitsOf({ granularity, maxEntries, shortest, longest }: Capability): string {
  const lengths = (["ipv4", "ipv6"] as const).flatMap((family) => {
    const [from, to] = [shortest?.[family], longest?.[family]];
    const name = family === "ipv4" ? "IPv4" : "IPv6";
    return [
      ...(from === undefined ? [] : [`${name} not shorter than /${from}`]),
      ...(to === undefined ? [] : [`${name} not longer than /${to}`]),
    ];
  });
  const counts = [
    ...(granularity.kind === "lists"
      ? [
          `${granularity.lists} lists of ${granularity.entriesPerList} entries (${granularity.lists * granularity.entriesPerList}), those of other owners included`,
        ]
      : []),
    ...(maxEntries === undefined ? [] : [`${maxEntries} entries, those of other owners included`]),
  ];
  const count = counts.length === 0 ? ["no number of entries is documented"] : counts;
  return [...count, ...lengths].join("; ");
}

function exampleOf(target: TargetDescriptor): string[] {
  const given = ([name, field]: [string, Field]): string =>
    `${name}: ${field.secret ? `config.requireSecret("${target.kind}${name.slice(0, 1).toUpperCase()}${name.slice(1)}")` : JSON.stringify(field.example)},`;
  const settings = Object.entries(target.settings)
    .filter(([name]) => target.defaults?.[name] === undefined)
    .map(given);
  const [way] = target.authentication;
  const fields = Object.entries(way.fields).map(given);
  const signIn =
    target.authentication.length === 1
      ? fields
      : ["authentication: {", `  kind: "${way.kind}",`, ...fields.map((line) => `  ${line}`), "},"];
  const experimental = target.experimental === undefined ? [] : ["experimental: true,"];
  return [
    'const scuba = new msem.ServiceTagRanges("scuba", { serviceTag: "Scuba" });',
    "",
    `const allowlist = new msem.IpAllowlist("${target.kind.toLowerCase()}", {`,
    `  target: msem.targets.${target.kind}({`,
    ...[...experimental, ...settings, ...signIn].map((line) => `    ${line}`),
    "  }),",
    "  ranges: scuba.ranges,",
    "});",
  ];
}

function row(name: string, text: string): string {
  return `| ${name} | ${text.replaceAll("|", "\\|").replaceAll("<", "&lt;")} |`;
}
