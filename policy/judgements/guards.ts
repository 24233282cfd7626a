/** The guards of a published list, and whether an option is so large that one of them can no longer refuse anything. */
import { type Inputs, isRecord, type Judgement } from "../subject";

export interface GuardSettings {
  readonly minQuarantineDays: number;
  readonly maxAcceptedAdditions: number;
  readonly maxAcceptedRemovals: number;
  readonly maxAcceptedForeignRemovals: number;
  readonly shortestAcceptedIpv4: number;
  readonly shortestAcceptedIpv6: number;
}

/** `acceptRollbackTo` and `acceptRepublished` name one number that somebody has looked at: they open nothing else. */
export const judgeGuards: Judgement<GuardSettings> = ({ inputs }, settings) => {
  if (!isRecord(inputs.guards)) return [];
  const { guards } = inputs;
  return [
    ...emptied(guards),
    ...tooSoon(guards, settings.minQuarantineDays),
    ...above(guards, "acceptAdditions", settings.maxAcceptedAdditions, "spike"),
    ...above(guards, "acceptRemovals", settings.maxAcceptedRemovals, "removals"),
    ...above(guards, "acceptForeignRemovals", settings.maxAcceptedForeignRemovals, "foreign removals"),
    ...wide(guards, settings),
    ...special(guards),
  ];
};

function emptied({ acceptEmpty }: Inputs): string[] {
  if (acceptEmpty !== true) return [];
  return ["guards.acceptEmpty: true takes a list that is published empty at its word, and removes everything in time"];
}

function tooSoon({ quarantineDays }: Inputs, least: number): string[] {
  if (typeof quarantineDays !== "number" || quarantineDays >= least) return [];
  return [
    `guards.quarantineDays: ${quarantineDays} lets a prefix go that a faulty list lacks for a day; the least that is allowed is ${least}`,
  ];
}

function above(guards: Inputs, name: string, most: number, guard: string): string[] {
  const value = guards[name];
  if (typeof value !== "number" || value <= most) return [];
  return [`guards.${name}: ${value} switches the ${guard} guard off; the most that is allowed is ${most}`];
}

function wide({ acceptWide }: Inputs, { shortestAcceptedIpv4, shortestAcceptedIpv6 }: GuardSettings): string[] {
  if (!isRecord(acceptWide)) return [];
  return Object.entries({ ipv4: shortestAcceptedIpv4, ipv6: shortestAcceptedIpv6 }).flatMap(([family, shortest]) => {
    const length = acceptWide[family];
    if (typeof length !== "number" || length >= shortest) return [];
    return [
      `guards.acceptWide.${family}: /${length} switches the over-wide guard off; the shortest allowed is /${shortest}`,
    ];
  });
}

/** The widest blocks that anything on a private network calls from: 10.0.0.0/8 and fc00::/7. */
const widestSpecial = { ipv4: 8, ipv6: 7 };

function special({ acceptSpecialPurpose }: Inputs): string[] {
  if (!Array.isArray(acceptSpecialPurpose)) return [];
  return acceptSpecialPurpose
    .filter((text): text is string => typeof text === "string" && isWiderThanAnyBlock(text))
    .map(
      (text) => `guards.acceptSpecialPurpose: ${text} switches the special-purpose guard off; name the block you mean`,
    );
}

function isWiderThanAnyBlock(text: string): boolean {
  const length = Number(/\/(\d+)$/.exec(text)?.[1] ?? Number.NaN);
  return length < (text.includes(":") ? widestSpecial.ipv6 : widestSpecial.ipv4);
}
