/** Renders the table of firewall formats and their limits. */
import type { Capability } from "../../provider/core/allowlist/capability.ts";
import type { Format } from "../../provider/core/allowlist/format.ts";
import type { Family } from "../../provider/core/ip/index.ts";

const words: Readonly<Record<Family, string>> = { ipv4: "IPv4", ipv6: "IPv6" };

/** One row for each format, in the order of the registry, with a link to its page. */
export function renderFormatTable(formats: readonly Format[]): string {
  return [
    "| `--vendor` | Format | Decides | Prefixes | Entries per list | Host bits | Source of the limits |",
    "|---|---|---|---|---|---|---|",
    ...formats.map(({ id, displayName, evaluation, capability }) => {
      const limit = capability.maxEntries?.toLocaleString("en-US") ?? "no limit known";
      const cells = [
        `[\`${id}\`](firewalls/${id}.md)`,
        displayName,
        evaluation === "none" ? "no rules" : evaluation,
        prefixes(capability),
        limit,
        capability.hostBits,
        `${capability.source} (${capability.lastVerified})`,
      ];
      return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    }),
  ].join("\n");
}

function prefixes(capability: Capability): string {
  const families = capability.families.map((family) => {
    const shortest = capability.shortest?.[family] ?? 0;
    const longest = capability.longest?.[family] ?? (family === "ipv4" ? 32 : 128);
    return `${words[family]} /${shortest}–/${longest}`;
  });
  const mixed = capability.mixedFamilies === false ? "; one family per list" : "";
  const singles = capability.longerAsSingles === true ? "; longer ones as single addresses" : "";
  return `${families.join(", ")}${mixed}${singles}`;
}
