/** Changes of ipset's sets, which iptables rules use. */
import type { Format, FullList } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { setCommands } from "./sets";

export const renderSets: Format["render"] = {
  change: (change) =>
    setCommands(
      change,
      change.add.map(formatPrefix),
      change.remove.map(({ text }) => text),
    ),
  rollback: (change) =>
    setCommands(
      change,
      change.remove.map(({ text }) => text),
      change.add.map(formatPrefix),
    ),
  full({ name, prefixes }: FullList) {
    const family = prefixes[0]?.family === "ipv6" ? "inet6" : "inet";
    const room = Math.max(65_536, prefixes.length);
    const entries = prefixes.map((prefix) => `add ${name} ${formatPrefix(prefix)}\n`);
    return [`create ${name} hash:net family ${family} maxelem ${room}\n`, ...entries].join("");
  },
};
