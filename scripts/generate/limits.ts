/** The tables of docs/allowlists.md: what each product's list can hold, out of the descriptors of the targets. */
import type { Capability } from "../../provider/core/targets/capability.ts";
import type { TargetDescriptor } from "../../provider/core/targets/target.ts";

/** One row for each live target. */
export function renderLimitsTable(targets: readonly TargetDescriptor[]): string {
  const header = [
    "`target`",
    "Product's list",
    "Families",
    "An entry is",
    "Room",
    "One write replaces",
    "Ours are known by",
    "Empty means",
    "Keeps its caller in",
    "Facts",
  ];
  return [
    row(header),
    `|${header.map(() => "---|").join("")}`,
    ...targets.map((target) => {
      const { kind, displayName, capability, documentationUrl, experimental } = target;
      return row([
        `\`${kind}\`${experimental === undefined ? "" : " (experimental)"}`,
        `[${displayName}](${documentationUrl})`,
        capability.families.map((family) => (family === "ipv4" ? "IPv4" : "IPv6")).join(", "),
        formsOf(capability),
        roomOf(capability),
        granularityOf(capability),
        { mark: "a mark on each entry", list: "lists of its own, by name", state: "state only" }[capability.ownership],
        capability.emptyMeans === "open" ? "everybody gets in" : "nothing: entries only allow",
        capability.selfLockoutGuard === "server" ? "the product refuses" : "nobody: `callerPrefixes` is needed",
        `${capability.source} (${capability.lastVerified})`,
      ]);
    }),
    "",
    ...targets.flatMap(({ kind, capability, prerequisites }) => [
      `- \`${kind}\` needs: ${prerequisites.join(" ")}${remarksOf(capability)}`,
    ]),
    ...targets.flatMap(({ kind, experimental }) =>
      experimental === undefined ? [] : [`- \`${kind}\` is experimental: ${sentence(experimental)}`],
    ),
  ].join("\n");
}

/** One row for each product whose list a person keeps. */
export function renderManualTable(products: Readonly<Record<string, string>>): string {
  return [
    row(["`product`", "Where the list is entered"]),
    "|---|---|",
    ...Object.entries(products).map(([product, where]) => row([`\`${product}\``, where])),
  ].join("\n");
}

function formsOf({ forms, shortest, longest }: Capability): string {
  const words = { prefix: "a prefix", range: "first and last address", single: "an address" };
  const [written, ...read] = forms.map((form) => words[form]);
  const lengths = (["ipv4", "ipv6"] as const).flatMap((family) => {
    const [from, to] = [shortest?.[family], longest?.[family]];
    if (from === undefined && to === undefined) return [];
    const name = family === "ipv4" ? "IPv4" : "IPv6";
    return [`${name} /${from ?? 0} to /${to ?? (family === "ipv4" ? 32 : 128)}`];
  });
  const others = read.length === 0 ? "" : ` (${read.join(", ")} is read and kept)`;
  return `${written}${others}${lengths.length === 0 ? "" : `; ${lengths.join(", ")}`}`;
}

function roomOf({ maxEntries, granularity }: Capability): string {
  if (granularity.kind === "lists") {
    const { lists, entriesPerList } = granularity;
    return `${lists} lists of ${entriesPerList}: ${lists * entriesPerList} entries`;
  }
  return maxEntries === undefined ? "no maximum documented" : `${maxEntries} entries`;
}

function granularityOf({ granularity }: Capability): string {
  return { entry: "one entry", list: "the whole list", lists: "one of its lists" }[granularity.kind];
}

function remarksOf({ remarks = [] }: Capability): string {
  return remarks.length === 0 ? "" : ` ${remarks.map(sentence).join(" ")}`;
}

function sentence(text: string): string {
  return /[.!]$/.test(text) ? text : `${text}.`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}
