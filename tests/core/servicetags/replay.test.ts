/** What really happened, replayed in order: the real files when they are beside the repository, their twins always. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Prefix } from "../../../provider/core/ip/index";
import {
  type Accepted,
  type GuardOptions,
  judgeGuardOptions,
  judgePublished,
  lookUpServiceTag,
  type Published,
  parseServiceTags,
} from "../../../provider/core/servicetags/index";
import { published, publishedOf, run } from "./prefixes";

/** Verdict and size after each step: `accept 260`, `refuse rollback 77`. */
function replay(steps: readonly { list: Published; on: string }[], guards: GuardOptions = {}): string[] {
  const { policy } = judgeGuardOptions(guards);
  let accepted: Accepted | undefined;
  return steps.map(({ list, on }) => {
    const judged = judgePublished({ published: list, accepted, policy, now: new Date(on) });
    accepted = judged.accepted;
    return [judged.verdict, ...judged.reasons.map(({ code }) => code), judged.prefixes.length].join(" ");
  });
}

/** A cut out of the history: [day, change number, prefixes]. */
function twin(...steps: readonly (readonly [string, number, readonly Prefix[]])[]) {
  return steps.map(([on, changeNumber, prefixes]) => ({ list: published(changeNumber, prefixes), on }));
}

describe("twins of what really happened", () => {
  it("a file goes back for a day: refused, and the day after nothing has changed", () => {
    const steps = twin(["2025-05-15", 17, run(77)], ["2025-05-22", 16, run(76)], ["2025-05-23", 17, run(77)]);
    expect(replay(steps)).toEqual(["accept 77", "refuse rollback 77", "accept 77"]);
  });

  it("a tag explodes for a week: refused, and the week after one prefix is withdrawn", () => {
    const steps = twin(["2022-05-02", 1, run(20)], ["2022-05-09", 2, run(2_468)], ["2022-05-16", 3, run(19)]);
    expect(replay(steps)).toEqual(["accept 20", "refuse spike 20", "accept 20"]);
    expect(replay([...steps, ...twin(["2022-05-30", 3, run(19)])]).at(-1)).toBe("accept 19");
  });

  it("a tag is published empty: refused, what was allowed stays", () => {
    const steps = twin(["2020-08-17", 1, run(4)], ["2020-08-24", 1, []], ["2020-08-31", 1, run(4)]);
    expect(replay(steps)).toEqual(["accept 4", "refuse empty republished 4", "accept 4"]);
  });

  it("the largest real steps of Scuba pass: +52 at 77, +88 at 159", () => {
    const steps = twin(
      ["2025-05-23", 17, run(77)],
      ["2025-06-22", 18, run(129)],
      ["2025-12-03", 27, run(159)],
      ["2025-12-19", 28, run(247)],
    );
    expect(replay(steps)).toEqual(["accept 77", "accept 129", "accept 159", "accept 247"]);
  });
});

const folder = join(__dirname, "../../../../shared/data/service-tags");

describe("the real files", () => {
  if (!existsSync(folder)) {
    it("are not here", () => {
      console.warn("The real service-tag files were not replayed: ../shared/data/service-tags is absent.");
      expect(existsSync(folder)).toBe(false);
    });
    return;
  }

  const step = (name: string, on: string, tag = "Scuba", cloud?: string) => {
    const found = lookUpServiceTag(parseServiceTags(readFileSync(join(folder, name), "utf8"), name), tag);
    if ("hint" in found) throw new Error(`${name} has no ${tag}`);
    return { list: publishedOf(found, cloud), on };
  };
  // The single tags came out of files of the same cloud: with its name their counter is the same one.
  const history = readdirSync(join(folder, "history")).sort();
  const steps = history.map((name) => step(join("history", name), name.slice(0, 10), "Scuba", "Public"));

  it("of the history are all accepted but the one that went back", () => {
    const sizes = [72, 74, 76, 77, 77, 77, 129, 133, 135, 137, 141, 143, 145, 153, 159, 247, 250, 251, 260];
    expect(replay(steps)).toEqual(
      sizes.map((size, at) => `${history[at]?.includes("file346") ? "refuse rollback" : "accept"} ${size}`),
    );
  });

  it("of the history are accepted without exception by one who accepts that rollback", () => {
    const verdicts = replay(steps, { acceptRollbackTo: 16 });
    expect(verdicts.filter((verdict) => verdict.startsWith("refuse"))).toEqual([]);
    // Withdrawn for a day, the prefix stayed allowed.
    expect(verdicts.slice(3, 6)).toEqual(["accept 77", "accept 77", "accept 77"]);
  });

  it("of AzureDataLake in May 2022: the week of 2,468 is refused", () => {
    const days = ["20220502", "20220509", "20220516"];
    const weeks = days.map((day) =>
      step(
        `anomalies/${day}_AzureDataLake_spike.json`,
        `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
        "AzureDataLake",
      ),
    );
    // The week after has 19, two of them new: with three withdrawn ones that is 22.
    expect(replay(weeks)).toEqual(["accept 20", "refuse spike 20", "accept 22"]);
  });

  it("of 2020-08-24: the empty tag is refused", () => {
    expect(replay([step("anomalies/20200824_empty_tag.json", "2020-08-24", "ActionGroup.UKWest")])).toEqual([
      "refuse empty 0",
    ]);
  });

  it("of other clouds and the whole file of 2025-10-28 are accepted on create", () => {
    for (const name of ["gov_20260504.json", "china_latest.json", "ServiceTags_Public_20251028.json"]) {
      expect(replay([step(name, "2026-05-04")])[0]).toMatch(/^accept \d+$/);
    }
  });
});
