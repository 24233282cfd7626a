/** The published list, judged against the one that was accepted last. */
import { MsemError } from "../../core/errors";
import { formatPrefix, type Prefix, parsePrefix } from "../../core/ip/index";
import {
  type Accepted,
  formatStep,
  type GuardPolicy,
  judgePublished,
  labelOf,
  type Published,
  type Reason,
} from "../../core/servicetags/index";
import { publishedRanges } from "../../ranges/published";
import type { CommandIo } from "../output";
import { commandResolver, type SourceOptions, wantedRanges } from "../rangeSource";
import type { PlanArguments } from "./arguments";
import type { Memory } from "./stateFile";

/**
 * What is published today: the only place here that knows where it comes from.
 *
 * @throws MsemError when the source gives no list
 */
export function publishedFor(
  args: Pick<PlanArguments, "ranges" | keyof SourceOptions>,
  io: CommandIo,
): Promise<Published> {
  return publishedRanges(wantedRanges(args.ranges, args), commandResolver(io));
}

/** What goes on: the list to have, what to remember of it, and what is worth a line. */
export interface AcceptedList {
  readonly ranges: {
    readonly serviceTag: string;
    readonly changeNumber: number;
    readonly prefixes: Readonly<Record<string, string>>;
  };
  readonly memory: Memory["published"];
  /** `Scuba 30 -> 31: 9 added, 0 removed, 251 kept`; undefined when nothing is new. */
  readonly step?: string;
  /** The published list was refused, and the last one is kept. */
  readonly kept: readonly Reason[];
}

/** What a guard refuses. */
export interface RefusedList {
  readonly refused: readonly Reason[];
}

/**
 * @throws MSEM_INVALID when the state file follows another tag
 */
export function judgeList(
  published: Published,
  memory: Memory | undefined,
  policy: GuardPolicy,
  now: Date,
): AcceptedList | RefusedList {
  if (memory !== undefined && memory.serviceTag.toLowerCase() !== published.serviceTag.toLowerCase()) {
    throw new MsemError("MSEM_INVALID", `--tag ${published.serviceTag}: this state file follows ${memory.serviceTag}`, {
      hint: "One state file is for one tag in one list: name another file with --state.",
    });
  }
  const accepted = memory === undefined ? undefined : toAccepted(memory.published);
  const judged = judgePublished({ published, accepted, policy, now });
  const goOn = judged.verdict === "accept" || (policy.onRefused === "keepLast" && accepted !== undefined);
  if (!goOn || judged.accepted === undefined) return { refused: judged.reasons };
  // A missing tag has no spelling of its own.
  const serviceTag =
    published.changeNumber === undefined ? (memory?.serviceTag ?? published.serviceTag) : published.serviceTag;
  const step = judged.verdict === "accept" ? formatStep(published, accepted, judged) : undefined;
  return {
    ranges: {
      serviceTag,
      changeNumber: judged.accepted.changeNumber,
      prefixes: Object.fromEntries(judged.prefixes.map((one) => [formatPrefix(one.prefix), labelOf(serviceTag, one)])),
    },
    memory: fromAccepted(judged.accepted),
    ...(step === undefined ? {} : { step }),
    kept: judged.reasons,
  };
}

function toAccepted({ counter, changeNumber, prefixes, quarantine }: Memory["published"]): Accepted {
  return {
    counter,
    changeNumber,
    prefixes: prefixes.map(read),
    quarantine: Object.entries(quarantine).map(([text, since]) => ({ prefix: read(text), since })),
  };
}

function fromAccepted({ counter, changeNumber, prefixes, quarantine }: Accepted): Memory["published"] {
  return {
    counter,
    changeNumber,
    prefixes: prefixes.map(formatPrefix),
    quarantine: Object.fromEntries(quarantine.map(({ prefix, since }) => [formatPrefix(prefix), since])),
  };
}

/** The state file's schema has read it already. */
function read(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new MsemError("MSEM_FAULT", parsed.problem.message);
  return parsed.value;
}
