/** Desired states, one after another; after each the list is as wanted, and a second run writes nothing. */
import { compareTexts } from "../../provider/core/targets/order";
import { type Life, lead } from "./life";
import type { EmulatedStage, Stage } from "./stage";
import { restrictsCaller } from "./stage";
import type { Tally } from "./tally";
import { all, changed, few, fewer, fitting, fromNumber, merged } from "./wishes";

/** The list holds what others have entered and what is wanted, in sync by every measure that there is. */
export async function expectInSync(
  stage: Stage,
  life: Life,
  wish: readonly string[],
  others: readonly string[],
  args?: object,
): Promise<void> {
  const before = stage.writes();
  expect(await life.deploy(wish, args)).toBe("ok");
  await expectSeenInSync(stage, life, wish, others);
  expect(await life.deploy(wish, args)).toBe("ok");
  expect(stage.writes() - before).toBe(0);
}

/** The list holds what it should, and a refresh finds no difference: all that suites of many hundred cases have time for. */
export async function expectSeenInSync(
  stage: Stage,
  life: Life,
  wish: readonly string[],
  others: readonly string[],
): Promise<void> {
  expect(await stage.admitted()).toEqual(merged(others, fitting(stage.descriptor.capability, wish)));
  expect(await life.refresh()).toEqual([]);
}

/** Empty → few → all → changed → fewer → edits of others → none. Runs on a real tenant as well. */
export async function playSequence(stage: Stage, tally: Tally): Promise<void> {
  const others = [...(await stage.admitted())];
  const life = lead(stage);
  for (const wish of [few, all, changed, fewer, few]) {
    expect(await life.deploy(wish)).toBe("ok");
    await expectInSync(stage, life, wish, others);
    tally.count("desired states");
  }

  await stage.remove("192.0.2.16/31");
  await stage.addForeign("203.0.113.77/32");
  others.push("203.0.113.77/32");
  expect(await life.refresh()).toEqual(["192.0.2.16/31"]);
  expect(await life.refresh()).toEqual(["192.0.2.16/31"]);
  expect(await life.deploy(few)).toBe("ok");
  await expectInSync(stage, life, few, others);
  tally.count("out-of-band edits");

  expect(await life.destroy()).toBe("ok");
  expect(await stage.admitted()).toEqual(merged(others));
  await stage.remove("203.0.113.77/32");
  tally.count("removals");
}

/** Random histories of wishes and other people's edits. */
export async function playHistories(stage: EmulatedStage, count: number, tally: Tally): Promise<void> {
  const { capability } = stage.descriptor;
  let seed = 1;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const pool = fitting(capability, [...few, ...changed, ...fromNumber(0, 30)]);
  for (let history = 0; history < count; history++) {
    stage.reset();
    const others = [...(await stage.admitted())];
    const life = lead(stage);
    let wish: string[] = [];
    for (let turn = 0; turn < 5; turn++) {
      wish = [...new Set(Array.from({ length: 1 + next(20) }, () => pool[next(pool.length)] as string))];
      expect(await life.deploy(wish)).toBe("ok");
      await expectInSync(stage, life, wish, others);
      const foreign = `203.0.113.${100 + history * 5 + turn}/32`;
      if (next(2) === 0) {
        await stage.addForeign(foreign);
        others.push(foreign);
      }
      if (next(2) === 0) await stage.remove(wish[next(wish.length)] as string);
      if (next(3) === 0 && others.length > 2) await stage.remove(others.pop() as string);
      stage.guard(others);
    }
    expect(await life.deploy(wish)).toBe("ok");
    expect(await life.destroy()).toBe("ok");
    expect([await stage.admitted(), stage.violations]).toEqual([merged(others), []]);
    tally.count("random histories");
  }
}

/** Under, at and over each limit, other people's entries counted: over is refused with nothing written. */
export async function playCapacity(stage: EmulatedStage, tally: Tally): Promise<void> {
  const { descriptor, profile, vendor } = stage;
  const { granularity, maxEntries } = descriptor.capability;
  const listsNow = () =>
    granularity.kind !== "lists"
      ? 0
      : (profile.lists?.(vendor.store) ??
        Math.ceil(profile.admitted(vendor.store).length / granularity.entriesPerList));
  const limits = [
    ...(maxEntries === undefined
      ? []
      : [{ code: "capacity", free: () => maxEntries - profile.admitted(vendor.store).length }]),
    ...(granularity.kind !== "lists"
      ? []
      : [{ code: "lists", free: () => (granularity.lists - listsNow()) * granularity.entriesPerList }]),
  ];
  if (limits.length === 0) {
    tally.skip("capacity", "no limit is documented");
    return;
  }
  for (const { code, free } of limits) {
    for (const foreign of [0, 25]) {
      for (const [where, more] of [
        ["under", -1],
        ["at", 0],
        ["over", 1],
      ] as const) {
        stage.reset();
        for (const block of fromNumber(60_000, foreign)) profile.addForeign(vendor.store, block);
        const before = profile.admitted(vendor.store);
        const wish = fromNumber(0, free() + more);
        const life = lead(stage);
        const end = await life.deploy(wish);
        if (where !== "over") {
          expect([where, end]).toEqual([where, "ok"]);
          await expectInSync(stage, life, wish, before);
        } else {
          // Judged by the product's own list where the preview has not seen it yet.
          expect(end).toMatch(/^MSEM_REFUSED$|^problems: prefixes$/);
          expect(stage.said.join("\n")).toMatch(
            end === "MSEM_REFUSED" ? new RegExp(`${code}: \\d+ .*limit is \\d+`) : /limit is \d+|has \d+/,
          );
          expect([stage.writes(), profile.admitted(vendor.store)]).toEqual([0, before]);
          // In the preview, by what was seen last.
          const small = wish.slice(0, 1);
          expect(await life.deploy(small)).toBe("ok");
          const seen = life.check(wish);
          expect(seen.problems.map(({ path }) => path)).toEqual(["prefixes"]);
        }
        tally.count("capacities");
      }
    }
  }
}

export async function playPages(stage: EmulatedStage, tally: Tally): Promise<void> {
  const { pageSize, addForeign, admitted } = stage.profile;
  if (pageSize === undefined) {
    tally.skip("page limits", "one answer holds the whole list");
    return;
  }
  for (const count of [pageSize - 1, pageSize, pageSize + 1, 2 * pageSize + 1]) {
    stage.reset();
    const { store } = stage.vendor;
    const missing = count - admitted(store).length - few.length;
    for (const block of fromNumber(0, missing)) addForeign(store, block);
    const before = admitted(store);
    const life = lead(stage);
    expect(await life.deploy(few)).toBe("ok");
    await expectInSync(stage, life, few, before);
    expect(await life.destroy()).toBe("ok");
    expect(admitted(store)).toEqual(before);
    tally.count("page limits");
  }
}

/** A list that restricts nobody is not made one that does, unless that was asked for, and then with the caller in it. */
export async function playStart(stage: EmulatedStage, tally: Tally): Promise<void> {
  const { capability } = stage.descriptor;
  stage.reset("unrestrict");
  const life = lead(stage);
  if (capability.emptyMeans === "harmless") {
    expect(await life.deploy(few)).toBe("ok");
    await expectInSync(stage, life, few, []);
    tally.count("empty lists");
    tally.skip("start of enforcement", "entries only allow, so filling a list shuts out nobody");
    return;
  }
  expect(await life.deploy(few)).toBe("MSEM_REFUSED");
  expect(stage.said.join("\n")).toContain("startEnforcement");
  expect(await life.deploy(few, { startEnforcement: true })).toBe("MSEM_REFUSED");
  expect(stage.said.join("\n")).toContain("callerLockedOut");
  expect([stage.writes(), await stage.admitted()]).toEqual([0, []]);
  const own = { startEnforcement: true, additionalPrefixes: { [stage.profile.caller]: "this machine" } };
  expect(await life.deploy(few, own)).toBe("ok");
  await expectInSync(stage, life, [...few, stage.profile.caller], [], own);
  tally.count("empty lists", 3);

  // Removing all would empty a list in force.
  expect(await life.destroy()).toBe("ok");
  expect((await stage.admitted()).length).toBeGreaterThan(0);
  expect(await stage.admitted()).toContain(stage.profile.caller);
  tally.count("last entries");
}

/** What alone lets the caller in stays, whatever is wanted. */
export async function playCaller(stage: EmulatedStage, tally: Tally): Promise<void> {
  stage.reset();
  if (!restrictsCaller(await stage.observed(), stage.callerPrefixes)) {
    tally.skip("the caller's entry", "the list that it starts with is not in force");
    return;
  }
  const wide = "198.51.100.0/28";
  const life = lead(stage);
  expect(await life.deploy([...few, wide])).toBe("ok");
  await stage.remove(stage.profile.caller);
  stage.guard([wide]);
  expect(await life.deploy(few)).toBe("ok");
  expect(stage.said.at(-1)).toMatch(/restrict|locked out/);
  expect(stage.said.join("\n")).toContain(`kept ${wide}: without it this machine (callerPrefixes) would be locked out`);
  const before = stage.writes();
  expect(await life.deploy(few)).toBe("ok");
  expect(stage.writes()).toBe(before);
  // Nor does anybody lose it on destroy, or when others clear the list.
  expect(await life.destroy()).toBe("ok");
  expect([(await stage.admitted()).includes(wide), stage.violations]).toEqual([true, []]);
  tally.count("the caller's entry", 3);
}

/** Exclusive mode: other people's entries are drift, within the guard, and never the caller's. */
export async function playExclusive(stage: EmulatedStage, tally: Tally): Promise<void> {
  stage.reset();
  const { profile, vendor } = stage;
  const exclusive = { mode: "exclusive", additionalPrefixes: { [profile.caller]: "this machine" } };
  const life = lead(stage);
  expect(await life.deploy(few)).toBe("ok");
  const inForce = await stage.observed();
  expect(await life.deploy(few, exclusive)).toBe("ok");
  const left = (await stage.admitted()).filter((text) => ![...few, profile.caller].includes(text));
  // Only the last entry of a part in force may be left of the others'.
  const parts = new Set(left.map((text) => (text.includes(":") ? "ipv6" : "ipv4")));
  expect(left.length).toBe(parts.has("ipv6") && inForce.enforced.ipv6 ? 1 : 0);
  for (const block of fromNumber(0, 6)) profile.addForeign(vendor.store, block);
  const before = [...profile.admitted(vendor.store)].sort(compareTexts);
  const writes = stage.writes();
  expect(await life.deploy(few, exclusive)).toBe("MSEM_REFUSED");
  expect([stage.writes(), await stage.admitted()]).toEqual([writes, before]);
  expect(await life.deploy(few, { ...exclusive, guards: { acceptForeignRemovals: 6 + left.length } })).toBe("ok");
  expect(await stage.admitted()).toEqual(merged(few, [profile.caller], left));
  tally.count("exclusive mode", 3);
}
