/** One suite for every target, by its profile: the real lifecycle against the running emulator of the product. */
import { phases, playFaults, playKills, playTokens } from "./faults";
import type { TargetProfile } from "./profile";
import {
  playCaller,
  playCapacity,
  playExclusive,
  playHistories,
  playPages,
  playSequence,
  playStart,
} from "./sequences";
import { type EmulatedStage, emulatedStage } from "./stage";
import { createTally } from "./tally";
import { playWriters } from "./writers";

/** Each target has a test file of its own, so that they run beside one another. Prints the number of cases. */
export function describeTarget(profile: TargetProfile): void {
  jest.setTimeout(300_000);
  const { kind } = profile.descriptor;
  describe(`the target ${kind}`, () => {
    const tally = createTally(kind);
    let stage: EmulatedStage;

    beforeAll(async () => {
      stage = await emulatedStage(profile);
    });
    afterAll(async () => {
      await stage.close();
      // Not stdout: with several workers `npm test` does not show it.
      console.log(tally.lines().join("\n"));
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
  });
}
