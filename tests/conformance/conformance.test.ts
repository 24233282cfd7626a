/**
 * Who takes part in the suite of suite.ts. A part of it also runs against a tenant of your own, never by default:
 * `MSEM_LIVE_TENABLE=1` (the kind of the target in capitals) with each argument of the target as
 * `MSEM_LIVE_TENABLE_<ARGUMENT>` (`MSEM_LIVE_TENABLE_ACCESSKEY=…`), those of `authentication` alike, and
 * `MSEM_CALLER_PREFIXES` with the public addresses of this machine. The list must be in force and hold them already; the
 * suite adds prefixes of documentation and benchmarking ranges, some 260 of them, removes them again, and changes nothing
 * else. Only the sequence of desired states runs there: no fault, no race.
 */
import { hasAuthenticationUnion } from "../../provider/core/connector/define";
import { targets } from "../../provider/vendors/targets";
import { profiles } from "./profiles/index";
import { playSequence } from "./sequences";
import { liveStage } from "./stage";
import { createTally } from "./tally";

jest.setTimeout(300_000);

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
        console.log(tally.lines().join("\n"));
      });
    },
  );
}
