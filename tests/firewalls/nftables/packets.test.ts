/** The unfolded list against a packet that walks all base chains, as the kernel does it. */
import fc from "fast-check";
import { judge } from "../../../provider/core/allowlist/index";
import { formatPrefix, type Prefix } from "../../../provider/core/ip/index";
import { readConfig } from "../../../provider/firewalls/index";
import { nftables } from "../../../provider/firewalls/nftables/index";

interface Line {
  readonly chain: number;
  /** Host numbers from 0 to 15; absent: any. */
  readonly source?: { readonly base: number; readonly bits: number; readonly negated: boolean };
  readonly port?: number;
  readonly verdict: "accept" | "drop" | "return" | "log" | "jump" | "goto" | "vmap";
  readonly hop: number;
  /** For a map: what becomes of the lower half, of the upper half, of others. */
  readonly choices: readonly ("accept" | "drop" | "return" | "jump")[];
}

/** The first two are base chains of two tables; jumps stay in the table. */
const chains = [
  { name: "raw", table: 0 },
  { name: "input", table: 1 },
  { name: "one", table: 0 },
  { name: "two", table: 0 },
  { name: "one", table: 1 },
  { name: "two", table: 1 },
];
const https = 443;

const line: fc.Arbitrary<Line> = fc.record(
  {
    chain: fc.nat({ max: chains.length - 1 }),
    source: fc
      .tuple(fc.nat({ max: 15 }), fc.integer({ min: 0, max: 3 }), fc.boolean())
      .map(([base, bits, negated]) => ({ base: (base >> bits) << bits, bits, negated })),
    port: fc.constantFrom(https, 80),
    verdict: fc.constantFrom("accept", "drop", "return", "log", "jump", "jump", "goto", "vmap"),
    hop: fc.integer({ min: 1, max: 2 }),
    choices: fc.array(fc.constantFrom("accept", "drop", "return", "jump"), { minLength: 3, maxLength: 3 }),
  },
  { requiredKeys: ["chain", "verdict", "hop", "choices"] },
);

/** Jumps go to later chains only: the kernel refuses circles. */
function targetOf({ chain, hop }: Line): number | undefined {
  const { table } = chains[chain] as (typeof chains)[number];
  const later = chains.flatMap((one, at) => (one.table === table && at > Math.max(chain, 1) ? [at] : []));
  return later[hop - 1];
}

function written(one: Line): string {
  const target = targetOf(one);
  const words: string[] = [];
  if (one.source !== undefined) {
    words.push(`ip saddr ${one.source.negated ? "!= " : ""}192.0.2.${one.source.base}/${32 - one.source.bits}`);
  }
  if (one.port !== undefined) words.push(`tcp dport ${one.port}`);
  const jump = target === undefined ? "return" : `jump ${chains[target]?.name}`;
  if (one.verdict === "vmap") {
    const [lower, upper, others] = one.choices.map((choice) => (choice === "jump" ? jump : choice));
    words.push(`ip saddr vmap { 192.0.2.0/29 : ${lower}, 192.0.2.8-192.0.2.11 : ${upper}, * : ${others} }`);
  } else if (one.verdict === "jump") words.push(jump);
  else if (one.verdict === "goto") words.push(target === undefined ? "return" : `goto ${chains[target]?.name}`);
  else words.push(one.verdict);
  return words.join(" ");
}

type Outcome = "accept" | "drop" | "back";

function walk(lines: readonly Line[], chain: number, host: number): Outcome {
  for (const one of lines.filter((other) => other.chain === chain)) {
    const { source, port, choices } = one;
    if (port !== undefined && port !== https) continue;
    if (source !== undefined && (host >> source.bits === source.base >> source.bits) === source.negated) continue;
    const verdict = one.verdict === "vmap" ? (choices[host < 8 ? 0 : host < 12 ? 1 : 2] as string) : one.verdict;
    if (verdict === "accept" || verdict === "drop") return verdict;
    if (verdict === "return") return "back";
    if (verdict === "log") continue;
    const target = targetOf(one);
    if (target === undefined) return "back";
    const decided = walk(lines, target, host);
    if (decided !== "back") return decided;
    if (verdict === "goto") return "back";
  }
  return "back";
}

it("admits the hosts whose packets pass every base chain, and no other, in any nesting of jumps and maps", () => {
  const desired = Array.from({ length: 16 }, (_, host): Prefix => {
    return { family: "ipv4", words: [0xc000_0200 + host], length: 32 };
  });
  const count = { admitted: 0, refused: 0 };
  const policies = fc.tuple(fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), policies, (lines, open) => {
      const tables = [0, 1].map((table) => {
        const own = chains.flatMap(({ name, table: of }, at) => {
          if (of !== table) return [];
          const hook = table === 0 ? "prerouting priority raw" : "input priority filter";
          const base = at > 1 ? [] : [`type filter hook ${hook}; policy ${open[table] === true ? "accept" : "drop"};`];
          const rules = lines.filter(({ chain }) => chain === at).map(written);
          return [`chain ${name} {`, ...base, ...rules, "}"];
        });
        return [`table ${table === 0 ? "ip" : "inet"} t${table} {`, ...own, "}"].join("\n");
      });
      const { model } = readConfig(tables.join("\n"), "rules", "nftables");
      const subject = { kind: "rule", name: "input" } as const;
      const { prefixes } = judge({ model, subject, desired, capability: nftables.capability });
      const expected = desired.map((prefix, host) => {
        const arrives = [0, 1].every((base) => {
          const outcome = walk(lines, base, host);
          return outcome === "accept" || (outcome === "back" && open[base]);
        });
        if (arrives) count.admitted++;
        else count.refused++;
        return `${formatPrefix(prefix)} ${arrives}`;
      });
      const found = prefixes.map(({ prefix, verdict }) => {
        const decided = { present: true, covered: true, missing: false, shadowed: false } as const;
        return `${formatPrefix(prefix)} ${verdict in decided ? decided[verdict as keyof typeof decided] : verdict}`;
      });
      expect(found).toEqual(expected);
    }),
    { numRuns: 400 },
  );
  // Neither answer alone would prove anything.
  expect(Math.min(count.admitted, count.refused)).toBeGreaterThan(500);
});
