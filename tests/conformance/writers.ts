/**
 * Two writers at once. Where the product takes single entries or lists of one's own nobody loses anything; where it takes
 * the whole list, whoever reads again sees the race, and both are there after their next run.
 */
import type { AllowlistLifecycle } from "../../provider/allowlists/lifecycle";
import type { TargetDescriptor } from "../../provider/core/targets/target";
import { lead } from "./life";
import type { TargetProfile } from "./profile";
import { type EmulatedStage, emulatedStage } from "./stage";
import type { Tally } from "./tally";
import { few, merged } from "./wishes";

type Moment = "after the read" | "after the write";

/** A descriptor whose session lets something else happen at a moment, the first `times` times. */
interface Gate {
  moment: Moment;
  times: number;
  act: () => Promise<void>;
}

function gated(descriptor: TargetDescriptor, gate: Gate): TargetDescriptor {
  const pass = async (moment: Moment): Promise<void> => {
    if (gate.moment !== moment || gate.times === 0) return;
    gate.times--;
    await gate.act();
  };
  return {
    ...descriptor,
    open: (account, surroundings) => {
      const session = descriptor.open(account, surroundings);
      return {
        read: async () => {
          const observed = await session.read();
          await pass("after the read");
          return observed;
        },
        write: async (plan, observed) => {
          await session.write(plan, observed);
          await pass("after the write");
        },
      };
    },
  };
}

/** The code a second time: another process has queues of its own. */
function secondProcess(): (targets: readonly TargetDescriptor[]) => AllowlistLifecycle {
  let made: typeof import("../../provider/allowlists/lifecycle") | undefined;
  let vendors: typeof import("../../provider/vendors/targets") | undefined;
  jest.isolateModules(() => {
    made = require("../../provider/allowlists/lifecycle");
    vendors = require("../../provider/vendors/targets");
  });
  const { allowlistLifecycle: make } = made as typeof import("../../provider/allowlists/lifecycle");
  return () => make((vendors as typeof import("../../provider/vendors/targets")).targets);
}

const mine = few;
const yours = ["192.0.2.128/28", "192.0.2.200/32"];

export async function playWriters(profile: TargetProfile, tally: Tally): Promise<void> {
  const gate: Gate = { moment: "after the read", times: 0, act: async () => undefined };
  const stage = await emulatedStage(profile, (descriptor) => gated(descriptor, gate));
  try {
    const apart = stage.descriptor.capability.granularity.kind !== "list";
    if (!apart) {
      tally.skip(
        "an entry that another writes between our read and our write",
        "the product replaces the whole list and has no version",
      );
    }
    await otherOwner(stage, gate, apart, tally);
    await sameOwner(stage, gate, tally);
    await foreignWriter(stage, gate, apart, tally);
    await stubbornWriter(stage, gate, tally);
    await oneProcess(stage, tally);
  } finally {
    await stage.close();
  }
}

function arm(gate: Gate, moment: Moment, act: () => Promise<void>, times = 1): void {
  Object.assign(gate, { moment, times, act });
}

async function otherOwner(stage: EmulatedStage, gate: Gate, apart: boolean, tally: Tally): Promise<void> {
  const second = secondProcess();
  for (const moment of ["after the read", "after the write"] as const) {
    stage.reset();
    const others = [...(await stage.admitted())];
    stage.guard(apart || moment === "after the write" ? others : []);
    const first = lead(stage, "scuba");
    const other = lead(stage, "office", second);
    arm(gate, moment, async () => void expect(await other.deploy(yours)).toBe("ok"));
    expect(await first.deploy(mine)).toBe("ok");
    if (apart || moment === "after the write") expect(await stage.admitted()).toEqual(merged(others, mine, yours));
    expect(await other.deploy(yours)).toBe("ok");
    expect(await first.deploy(mine)).toBe("ok");
    expect(await stage.admitted()).toEqual(merged(others, mine, yours));
    expect(await first.destroy()).toBe("ok");
    expect(await stage.admitted()).toEqual(merged(others, yours));
    expect(await other.destroy()).toBe("ok");
    expect([await stage.admitted(), stage.violations]).toEqual([merged(others), []]);
    tally.count("races of two owners");
  }
}

async function sameOwner(stage: EmulatedStage, gate: Gate, tally: Tally): Promise<void> {
  const second = secondProcess();
  for (const moment of ["after the read", "after the write"] as const) {
    stage.reset();
    const others = [...(await stage.admitted())];
    stage.guard(others);
    const first = lead(stage);
    const twin = lead(stage, "scuba", second);
    arm(gate, moment, async () => void expect(await twin.deploy(mine)).toBe("ok"));
    // It may have lost the race, and says so; it never leaves a list that is not safe.
    const end = await first.deploy(mine);
    expect(["ok", "MSEM_CONFLICT", "MSEM_PRECONDITION"]).toContain(end);
    expect(await first.deploy(mine)).toBe("ok");
    expect([...new Set(await stage.admitted())]).toEqual(merged(others, mine));
    expect(await first.deploy(mine)).toBe("ok");
    expect(await first.destroy()).toBe("ok");
    expect(await twin.destroy()).toBe("ok");
    expect([await stage.admitted(), stage.violations]).toEqual([merged(others), []]);
    tally.count("races of one owner");
  }
}

/** A person enters and removes something while we write. */
async function foreignWriter(stage: EmulatedStage, gate: Gate, apart: boolean, tally: Tally): Promise<void> {
  for (const moment of ["after the read", "after the write"] as const) {
    stage.reset();
    const others = [...(await stage.admitted())];
    const life = lead(stage);
    arm(gate, moment, async () => {
      await stage.addForeign("203.0.113.77/32");
      if (moment === "after the write") await stage.remove(mine[0] as string);
    });
    const said = stage.said.length;
    expect(await life.deploy(mine)).toBe("ok");
    if (apart || moment === "after the write") {
      expect(await stage.admitted()).toEqual(merged(others, ["203.0.113.77/32"], mine));
    } else {
      expect((await stage.admitted()).filter((text) => text !== "203.0.113.77/32")).toEqual(merged(others, mine));
    }
    if (moment === "after the write") {
      expect(stage.said.slice(said).join("\n")).toContain("somebody else wrote at the same time");
    }
    tally.count("races with a person");
  }
}

/** Somebody removes ours each time: it ends, with the reason, and nothing is forgotten. */
async function stubbornWriter(stage: EmulatedStage, gate: Gate, tally: Tally): Promise<void> {
  stage.reset();
  const others = [...(await stage.admitted())];
  stage.guard(others);
  const life = lead(stage);
  arm(gate, "after the write", () => stage.remove(mine[0] as string), 100);
  expect(await life.deploy(mine)).toBe("MSEM_PRECONDITION");
  expect(stage.said.join("\n")).toContain("somebody else keeps writing the same list");
  gate.times = 0;
  expect(life.state).toBeDefined();
  expect(await life.deploy(mine)).toBe("ok");
  expect(await life.destroy()).toBe("ok");
  expect([await stage.admitted(), stage.violations]).toEqual([merged(others), []]);
  tally.count("races that do not end");
}

/** Two resources of one program take turns. */
async function oneProcess(stage: EmulatedStage, tally: Tally): Promise<void> {
  stage.reset();
  const others = [...(await stage.admitted())];
  stage.guard(others);
  const [first, other] = [lead(stage, "scuba"), lead(stage, "office")];
  expect(await Promise.all([first.deploy(mine), other.deploy(yours)])).toEqual(["ok", "ok"]);
  expect(await stage.admitted()).toEqual(merged(others, mine, yours));
  expect(await Promise.all([first.destroy(), other.destroy()])).toEqual(["ok", "ok"]);
  expect([await stage.admitted(), stage.violations]).toEqual([merged(others), []]);
  tally.count("turns in one process");
}
