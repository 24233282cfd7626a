/**
 * One suite for every target, by its profile: the real lifecycle against the running emulator of the product.
 *
 * It also runs against a tenant of your own, never by default: `MSEM_LIVE_TENABLE=1` (the kind of the target in capitals)
 * with each argument of the target as `MSEM_LIVE_TENABLE_<ARGUMENT>` (`MSEM_LIVE_TENABLE_ACCESSKEY=…`), those of
 * `authentication` alike, and `MSEM_CALLER_PREFIXES` with the public addresses of this machine. The list must be in force
 * and hold them already; the suite adds prefixes of documentation and benchmarking ranges, some 260 of them, removes them
 * again, and changes nothing else. Only the sequence of desired states runs there: no fault, no race.
 */
import { hasAuthenticationUnion } from "../../provider/core/connector/define";
import { targets } from "../../provider/vendors/targets";
import { phases, playFaults, playKills, playTokens } from "./faults";
import type { TargetProfile } from "./profile";
import { profiles } from "./profiles/index";
import {
  playCaller,
  playCapacity,
  playExclusive,
  playHistories,
  playPages,
  playSequence,
  playStart,
} from "./sequences";
import { type EmulatedStage, emulatedStage, liveStage } from "./stage";
import { createTally } from "./tally";
import { playWriters } from "./writers";

jest.setTimeout(300_000);

describe.each(profiles.map((profile) => [profile.descriptor.kind, profile] as const))(
  "the target %s",
  (kind, profile) => {
    const tally = createTally(kind);
    let stage: EmulatedStage;

    beforeAll(async () => {
      stage = await emulatedStage(profile as TargetProfile);
    });
    afterAll(async () => {
      await stage.close();
      process.stdout.write(`${tally.lines().join("\n")}\n`);
    });

    it("reaches each desired state, writes nothing a second time, and leaves what others have entered", async () => {
      stage.reset();
      await playSequence(stage, tally);
    });
    it("does so in any order, whatever others edit between", () => playHistories(stage, 25, tally));
    it("fills the list to its limit and not one further", () => playCapacity(stage, tally));
    it("reads every page", () => playPages(stage, tally));
    it("does not restrict what was open unless asked to", () => playStart(stage, tally));
    it("never takes away what lets the caller in", () => playCaller(stage, tally));
    it("in exclusive mode removes what others have entered, within the guard", () => playExclusive(stage, tally));
    it.each(phases)("survives every fault at every call: $name", (phase) => playFaults(stage, phase, tally));
    it.each(phases)("survives being killed before and after every call: $name", (phase) =>
      playKills(stage, phase, tally),
    );
    it.each(phases)("signs in again when the token ends: $name", (phase) => playTokens(stage, phase, tally));
    it("shares a list with another writer", () => playWriters(profile, tally));
  },
);

it("every target that ships takes part", () => {
  expect(profiles.map(({ descriptor }) => descriptor.kind).sort()).toEqual(targets.map(({ kind }) => kind).sort());
});

const live = targets.filter(({ kind }) => process.env[`MSEM_LIVE_${kind.toUpperCase()}`] === "1");

if (live.length > 0) {
  describe.each(live.map((descriptor) => [descriptor.kind, descriptor] as const))(
    "a real tenant of %s",
    (kind, descriptor) => {
      it("reaches each desired state, and is left as it was", async () => {
        const given = (name: string) => process.env[`MSEM_LIVE_${kind.toUpperCase()}_${name.toUpperCase()}`];
        const pick = (names: readonly string[]) =>
          Object.fromEntries(names.flatMap((name) => (given(name) === undefined ? [] : [[name, given(name)]])));
        const [way] = descriptor.authentication;
        const credentials = pick(Object.keys(way?.fields ?? {}));
        const target = {
          kind,
          ...(descriptor.experimental === undefined ? {} : { experimental: true }),
          ...descriptor.defaults,
          ...pick(Object.keys(descriptor.settings)),
          ...(hasAuthenticationUnion(descriptor)
            ? { authentication: { kind: way?.kind, ...credentials } }
            : credentials),
        };
        const callerPrefixes = (process.env.MSEM_CALLER_PREFIXES ?? "").split(/[\s,]+/).filter((text) => text !== "");
        const tally = createTally(`a real tenant of ${kind}`);
        const real = liveStage({ descriptor, target, callerPrefixes });
        const before = await real.admitted();
        await playSequence(real, tally);
        expect(await real.admitted()).toEqual(before);
        process.stdout.write(`${tally.lines().join("\n")}\n`);
      });
    },
  );
}
