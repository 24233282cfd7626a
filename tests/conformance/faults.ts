/**
 * Every fault at every call of a list's life, once and for good, and the process killed before and after every call. The
 * calls are those of a run without faults. However a run ends, the next one without faults reaches what is wanted.
 */
import type { FaultEffect } from "../../provider/emulator/faults";
import { type Life, lead } from "./life";
import { expectSeenInSync } from "./sequences";
import type { EmulatedStage } from "./stage";
import type { Tally } from "./tally";
import { changed, few, merged } from "./wishes";

interface Kind {
  readonly name: string;
  readonly effect: FaultEffect;
  /** Codes that a run may end in. */
  readonly codes: readonly string[];
  /** One such fault goes unnoticed where the call may be repeated. */
  readonly retried: boolean;
  readonly only?: string;
}

const impatientMs = 100;
/** No answer until the caller gives up. */
const lateMs = 60_000;
const status = (code: number, retryAfter?: number | string): FaultEffect => ({
  kind: "status",
  status: code,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const kinds: readonly Kind[] = [
  { name: "400", effect: status(400), codes: ["MSEM_REJECTED"], retried: false },
  { name: "401", effect: status(401), codes: ["MSEM_UNAUTHENTICATED"], retried: false },
  { name: "expired token", effect: { kind: "expiredToken" }, codes: ["MSEM_UNAUTHENTICATED"], retried: false },
  { name: "403", effect: status(403), codes: ["MSEM_FORBIDDEN"], retried: false },
  { name: "404", effect: status(404), codes: ["MSEM_NOT_FOUND", "MSEM_PRECONDITION", "MSEM_TIMEOUT"], retried: false },
  { name: "409", effect: status(409), codes: ["MSEM_CONFLICT", "MSEM_PRECONDITION", "MSEM_TIMEOUT"], retried: false },
  { name: "429, seconds", effect: status(429, 1), codes: ["MSEM_THROTTLED"], retried: true },
  { name: "429", effect: status(429), codes: ["MSEM_THROTTLED"], retried: true },
  { name: "500", effect: status(500), codes: ["MSEM_UNAVAILABLE"], retried: true },
  { name: "503, seconds", effect: status(503, 1), codes: ["MSEM_UNAVAILABLE"], retried: true },
  { name: "time-out", effect: { kind: "delay", ms: lateMs }, codes: ["MSEM_TIMEOUT"], retried: true },
  { name: "dropped before", effect: { kind: "dropBefore" }, codes: ["MSEM_NETWORK"], retried: true },
  { name: "dropped after", effect: { kind: "dropAfter" }, codes: ["MSEM_NETWORK"], retried: true },
  {
    name: "truncated",
    effect: { kind: "truncate" },
    // The repeat may meet what the first one did: gone already, made already, and that answer is cut off as well.
    codes: ["MSEM_PROTOCOL", "MSEM_NETWORK", "MSEM_REJECTED", "MSEM_NOT_FOUND", "MSEM_CONFLICT"],
    retried: true,
  },
  { name: "HTML, 200", effect: { kind: "html", status: 200 }, codes: ["MSEM_PROTOCOL"], retried: true },
  { name: "HTML, 502", effect: { kind: "html", status: 502 }, codes: ["MSEM_UNAVAILABLE"], retried: true },
  {
    name: "stale read",
    effect: { kind: "staleRead" },
    codes: ["MSEM_PRECONDITION", "MSEM_TIMEOUT"],
    retried: true,
    only: "GET",
  },
];

/** A product may give a status a meaning of its own, gone or made already; of an empty answer nothing is cut off. */
const mayEndWell: ReadonlySet<string> = new Set(["404", "409", "stale read", "truncated"]);

/** One call, as a fault finds it again: the n-th of that method and path. */
interface Place {
  readonly method: string;
  readonly path: string;
  readonly call: number;
}

export interface Phase {
  readonly name: string;
  /** Brings the list to where the phase begins. */
  readonly before: (life: Life) => Promise<void>;
  readonly act: (life: Life) => Promise<string>;
  readonly wish: readonly string[];
}

const must = async (end: Promise<string>): Promise<void> => expect(await end).toBe("ok");

export const phases: readonly Phase[] = [
  { name: "first run", before: async () => undefined, act: (life) => life.deploy(few), wish: few },
  {
    name: "change",
    before: (life) => must(life.deploy(few)),
    act: (life) => life.deploy(changed),
    wish: changed,
  },
  { name: "destroy", before: (life) => must(life.deploy(few)), act: (life) => life.destroy(), wish: [] },
];

interface Begun {
  readonly life: Life;
  readonly others: readonly string[];
}

/** Plays what comes before a phase once; what it returns goes back there. */
async function prepare(stage: EmulatedStage, phase: Phase): Promise<() => Begun> {
  stage.reset();
  const others = [...(await stage.admitted())];
  const life = lead(stage);
  await phase.before(life);
  const back = stage.vendor.snapshot();
  return () => {
    stage.violations.length = 0;
    back();
    stage.guard(others);
    return { life: life.fork(), others };
  };
}

/** The calls of a phase, from a run without faults. */
async function record(stage: EmulatedStage, phase: Phase, { life }: Begun): Promise<Place[]> {
  await must(phase.act(life));
  const counts = new Map<string, number>();
  return stage.vendor.requests().map(({ method, path }) => {
    const call = (counts.get(`${method} ${path}`) ?? 0) + 1;
    counts.set(`${method} ${path}`, call);
    return { method, path, call };
  });
}

/** Without faults again: what is wanted is reached, others' entries are there, and in the end nothing of ours is left. */
async function converge(stage: EmulatedStage, phase: Phase, { life, others }: Begun, orphans: boolean): Promise<void> {
  stage.vendor.faults.clear();
  if (phase.wish.length > 0) {
    await must(life.deploy(phase.wish));
    await expectSeenInSync(stage, life, phase.wish, others);
    const written = stage.writes();
    await must(life.deploy(phase.wish));
    expect(stage.writes() - written).toBe(0);
  }
  await must(life.destroy());
  const left = (await stage.admitted()).filter((text) => !others.includes(text));
  expect(merged(await stage.admitted(), orphans ? [] : left)).toEqual(merged(others, left, orphans ? [] : left));
  if (!orphans) expect(left).toEqual([]);
  expect(stage.violations).toEqual([]);
}

export async function playFaults(stage: EmulatedStage, phase: Phase, tally: Tally): Promise<void> {
  const begin = await prepare(stage, phase);
  const places = await record(stage, phase, begin());
  expect(places.length).toBeGreaterThan(1);
  for (const place of places) {
    for (const kind of kinds) {
      if (kind.only !== undefined && kind.only !== place.method) continue;
      for (const times of [1, 10_000]) {
        const title = `${phase.name}: ${kind.name}, ${times === 1 ? "once" : "for good"}, at ${place.method} ${place.path} (call ${place.call})`;
        try {
          const begun = begin();
          stage.vendor.faults.set([{ when: place, effect: kind.effect, times }]);
          if (kind.effect.kind === "delay") stage.patience(impatientMs);
          const end = await phase.act(begun.life);
          stage.patience();
          // What came too late still takes effect: it must not fall into the next case.
          await stage.vendor.settled();
          // A call that is made only now and then, such as the repeat after a rate limit, may not have come.
          const struck = stage.vendor.faults.list()[0]?.struck ?? 0;
          if (end !== "ok") expect(kind.codes).toContain(end);
          else if (times > 1 && !mayEndWell.has(kind.name)) expect(["struck", struck]).toEqual(["struck", 0]);
          if (times === 1 && kind.retried && place.method !== "POST") expect(end).toBe("ok");
          const unseen = kind.name === "stale read" && times > 1 && phase.wish.length === 0;
          if (unseen)
            tally.skip("orphans when every read is stale", "a destroy that is shown nothing has nothing to remove");
          await converge(stage, phase, begun, unseen);
        } catch (error) {
          throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
        tally.count("faults");
      }
    }
  }
}

/** The process is killed before and after each call: nothing more is sent, and the engine learns nothing. */
export async function playKills(stage: EmulatedStage, phase: Phase, tally: Tally): Promise<void> {
  const begin = await prepare(stage, phase);
  const places = await record(stage, phase, begin());
  const byState = stage.descriptor.capability.ownership === "state";
  for (let call = 1; call <= places.length; call++) {
    for (const effect of ["dropBefore", "dropAfter"] as const) {
      try {
        const begun = begin();
        stage.vendor.faults.set([
          { when: { call }, effect: { kind: effect }, times: 1 },
          { when: { call: call + 1 }, effect: { kind: "dropBefore" }, times: 10_000 },
        ]);
        await begun.life.killed(() => phase.act(begun.life));
        await converge(stage, phase, begun, byState && phase.wish.length > 0);
      } catch (error) {
        const at = `${effect === "dropBefore" ? "before" : "after"} call ${call} of ${places.length}`;
        throw new Error(`${phase.name}, killed ${at}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      tally.count("kills");
    }
  }
  if (byState && phase.wish.length > 0) {
    tally.skip(`orphans after a kill, ${phase.name}`, "only state tells what is ours, and the state was never written");
  }
}

/** The token ends in the middle of each call's row: one new sign-in, and nothing else. */
export async function playTokens(stage: EmulatedStage, phase: Phase, tally: Tally): Promise<void> {
  const { expireTokens } = stage.profile;
  if (expireTokens === undefined) {
    tally.skip("token expiry", "the product takes the key itself with every call");
    return;
  }
  const begin = await prepare(stage, phase);
  const places = await record(stage, phase, begin());
  for (let after = 0; after < places.length; after++) {
    const begun = begin();
    stage.onRequest = (count) => {
      if (count === after) expireTokens(stage.vendor.store);
    };
    const end = await phase.act(begun.life);
    stage.onRequest = () => undefined;
    expect([phase.name, after, end]).toEqual([phase.name, after, "ok"]);
    await converge(stage, phase, begun, false);
    tally.count("tokens that end");
  }
}
