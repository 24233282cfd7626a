/**
 * The one test of a format. Each format calls it with its fixtures and the expected verdicts as data; what every format
 * must withstand is enforced here, so that a fixture left out is a failure and not a gap.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  applyChanges,
  type Format,
  judge,
  type Model,
  type PrefixVerdict,
  resolver,
} from "../../provider/core/allowlist/index";
import { formatAddress, formatPrefix, intervalOf, intervalPrefixes, type Prefix } from "../../provider/core/ip/index";
import { detectFormat, formats, readConfig } from "../../provider/firewalls/index";
import { brokenText } from "./mutate";
import {
  asWritten,
  definedObjects,
  desiredArbitrary,
  everythingElse,
  fine,
  foreignFixtures,
  fullFamilies,
  keyOf,
  leastTime,
  membersOf,
  planFor,
  prefixOf,
  rendered,
  roundTripQuestion,
  setsOf,
  shown,
  subjectOf,
  tolerant,
  unsound,
} from "./questions";

/** What every format must have a fixture for, or a reason why it cannot occur there. */
export const pitfalls = [
  "deny-before-permit",
  "decoy-deny", // a deny for another port
  "hole",
  "unknown",
  "disabled-rule",
  "nested-group",
  "cyclic-group",
  "undefined-member",
] as const;

export type Pitfall = (typeof pitfalls)[number];

export type Asked = { readonly list: string | readonly string[] } | { readonly rule: string };

export interface FixtureCase {
  /** What is shown, as a sentence without its subject: "counts an inactive rule for nothing". */
  readonly name: string;
  /** File in the format's `fixtures` folder. */
  readonly fixture: string;
  /** Absent: everything inbound. */
  readonly asked?: Asked;
  readonly shows?: readonly Pitfall[];
  readonly previous?: readonly string[];
  /** The desired prefixes, canonical, and what must become of each; after the verdict the lines of the evidence. */
  readonly verdicts: Readonly<Record<string, PrefixVerdict | `${PrefixVerdict} ${string}`>>;
  /** All other entries: `verdict line`. Absent: not looked at. */
  readonly extra?: readonly string[];
  /** Parts of warnings that must be given. */
  readonly warnings?: readonly string[];
  /** How many notes the parse leaves. Absent: not looked at. */
  readonly notes?: number;
}

export interface FormatCases {
  /** The folder of the test: fixtures stand in its `fixtures`. */
  readonly folder: string;
  readonly cases: readonly FixtureCase[];
  /** Pitfalls that cannot occur, each with the reason. */
  readonly lacks?: Partial<Readonly<Record<Pitfall, string>>>;
  /** Lists that are changed and changed back. No term of them may be unknown. */
  readonly roundTrips: readonly { readonly fixture: string; readonly list: string | readonly string[] }[];
  /** What the device makes of a configuration and a rendered change. */
  readonly apply: (config: string, rendered: string) => string;
  /** A configuration with a list of so many entries, in groups where there are groups, used by a rule where there are rules. */
  readonly generate: (entries: number) => { readonly text: string; readonly list: string };
}

/** Command formats: the device executes what is pasted, after what it has. */
export const pasteCommands = (config: string, rendered: string): string => `${config.replace(/\n?$/, "\n")}${rendered}`;

const fuzzRuns = 2_000;

export function describeFormat(format: Format, cases: FormatCases): void {
  const fixtureFolder = join(cases.folder, "fixtures");
  const fixtures = readdirSync(fixtureFolder).sort();
  const textOf = (fixture: string): string => readFileSync(join(fixtureFolder, fixture), "utf8");
  const modelOf = (text: string, file = "config"): Model => readConfig(text, file, format.id).model;
  const ask = (model: Model, asked: Asked | undefined, desired: readonly Prefix[], previous: readonly Prefix[] = []) =>
    judge({ model, subject: subjectOf(asked), desired, previous, capability: format.capability });

  describe(`${format.id}: verdicts`, () => {
    it.each(cases.cases)("$name", (one) => {
      const desired = Object.keys(one.verdicts).map(prefixOf);
      const model = modelOf(textOf(one.fixture));
      const judgement = ask(model, one.asked, desired, one.previous?.map(prefixOf));
      expect(shown(judgement, one)).toEqual(one.verdicts);
      if (one.extra !== undefined) {
        expect(judgement.extra.map(({ verdict, leaf }) => `${verdict} ${leaf.entry.line}`)).toEqual(one.extra);
      }
      for (const part of one.warnings ?? []) expect(judgement.warnings.join("\n")).toContain(part);
      if (one.notes !== undefined) expect(model.notes.count).toBe(one.notes);
    });

    it.each(cases.cases)("are the same with CRLF, CR and a byte order mark: $name", (one) => {
      const desired = Object.keys(one.verdicts).map(prefixOf);
      for (const ending of ["\r\n", "\r"]) {
        const text = `\ufeff${textOf(one.fixture).replaceAll("\n", ending)}`;
        expect(shown(ask(modelOf(text), one.asked, desired), one)).toEqual(one.verdicts);
      }
    });

    it.each(pitfalls)("have a fixture for: %s", (pitfall) => {
      const covered = cases.cases.some(({ shows }) => shows?.includes(pitfall));
      const reason = cases.lacks?.[pitfall];
      expect({ pitfall, covered, reason: reason ?? "" }).not.toMatchObject({ covered: false, reason: "" });
      // A reason beside a fixture is a leftover.
      expect(covered && reason !== undefined).toBe(false);
    });

    it("use every fixture", () => {
      const used = new Set([...cases.cases, ...cases.roundTrips].map(({ fixture }) => fixture));
      expect(fixtures.filter((name) => !used.has(name))).toEqual([]);
    });

    it("agree with a second reading, address by address", () => {
      for (const one of cases.cases) {
        const desired = Object.keys(one.verdicts).map(prefixOf);
        const model = modelOf(textOf(one.fixture));
        expect(unsound(model, subjectOf(one.asked), ask(model, one.asked, desired))).toEqual([]);
      }
    });
  });

  describe(`${format.id}: a change`, () => {
    const arbitrary = roundTripQuestion(format, cases, modelOf, textOf);

    it("brings the list to the desired prefixes, touches nothing else, and is taken back by its rollback", () => {
      fc.assert(
        fc.property(arbitrary, ({ text, model, list, desired, previous }) => {
          const plan = planFor(format, model, list, desired, previous);
          const change = rendered(format, plan, model, "change");
          const changed = change === "" ? text : cases.apply(text, change);
          const after = modelOf(changed);
          expect(plan.left).toEqual([]);
          const judgement = ask(after, { list }, desired);
          // A list that tells its family by its entries alone has none any more when all of them are gone.
          const beyond = new Set(
            plan.judgement.prefixes
              .filter(({ verdict }) => verdict === "unsupported")
              .map(({ prefix }) => formatPrefix(prefix)),
          );
          const lacking = judgement.prefixes.filter(
            ({ prefix, verdict }) => !fine.has(verdict) && !beyond.has(formatPrefix(prefix)),
          );
          expect(lacking.map(({ prefix, verdict }) => `${formatPrefix(prefix)} ${verdict}`)).toEqual([]);
          expect(membersOf(after, list)).toEqual(membersOf(applyChanges(model, asWritten(format, plan.changes)), list));
          expect(everythingElse(after, list, definedObjects(model, after, plan))).toEqual(everythingElse(model, list));
          // A second plan has nothing to do.
          const held = desired.filter((prefix) => !beyond.has(formatPrefix(prefix)));
          expect(rendered(format, planFor(format, after, list, held, previous), after, "change")).toBe("");

          const rollback = rendered(format, plan, model, "rollback");
          const back = modelOf(rollback === "" ? changed : cases.apply(changed, rollback));
          expect(membersOf(back, list)).toEqual(membersOf(model, list));
          expect(everythingElse(back, list)).toEqual(everythingElse(model, list));
        }),
        { numRuns: 100 },
      );
    });

    const quotes = format.replaces === undefined ? "no entry that stays" : "the list that it replaces and no other";
    it(`quotes ${quotes}`, () => {
      fc.assert(
        fc.property(arbitrary, ({ model, list, desired, previous }) => {
          const plan = planFor(format, model, list, desired, previous);
          const texts = (["change", "rollback"] as const).map((way) => rendered(format, plan, model, way)).join("");
          const told = new Set([
            ...asWritten(format, plan.changes).flatMap(({ add }) => add.map(formatPrefix)),
            ...plan.changes.flatMap(({ remove }) => remove.map(keyOf)),
          ]);
          const own = setsOf(model, list);
          const replaced = format.replaces === undefined ? [] : own.flatMap(({ entries }) => entries);
          // Where blocks are written by their first and last address, a told one may end where one that stays begins.
          const edges = new Set(
            [
              ...asWritten(format, plan.changes).flatMap(({ add }) => add),
              ...plan.changes.flatMap(({ add }) => add),
              ...[...plan.changes.flatMap(({ remove }) => remove), ...replaced].flatMap(({ term }) =>
                term.kind === "block" ? [term.block] : [],
              ),
            ].flatMap((block) => {
              const { family, first, last } = intervalOf(block);
              return [first, last].map((words) => formatAddress({ family, words }));
            }),
          );
          const spoken = new Set(replaced.map(keyOf));
          const staying = (format.replaces === undefined ? own : model.sets)
            .flatMap(({ entries }) => entries)
            .filter((one) => !told.has(keyOf(one)) && !spoken.has(keyOf(one)));
          for (const { term, text } of staying) {
            if (term.kind !== "block") continue;
            const { family, first } = intervalOf(term.block);
            const address = formatAddress({ family, words: first });
            const quoted = new RegExp(`(^|[^0-9a-f.:])${address.replaceAll(".", "\\.")}($|[^0-9a-f.:])`, "m");
            expect({ text, quoted: !edges.has(address) && quoted.test(texts) }).toEqual({ text, quoted: false });
          }
        }),
        { numRuns: 50 },
      );
    });

    it("is refused when it would leave a list empty that may not be", () => {
      const [{ fixture, list }] = cases.roundTrips as [FormatCases["roundTrips"][number]];
      const model = modelOf(textOf(fixture));
      const own = setsOf(model, list).flatMap(({ entries }) => entries);
      const previous = own.flatMap(({ term }) =>
        term.kind === "block" ? intervalPrefixes(intervalOf(term.block)) : [],
      );
      const emptied = () => planFor(format, model, list, [], previous);
      if (format.capability.neverEmpty !== undefined)
        expect(emptied).toThrow(/MSEM_REFUSED .*would have no entry left/);
      else expect(emptied).not.toThrow();
    });

    it("is the whole list, when that is asked for", () => {
      fc.assert(
        fc.property(desiredArbitrary(format, []), (desired) => {
          for (const family of fullFamilies(format)) {
            const prefixes = desired.filter((prefix) => family === undefined || prefix.family === family);
            if (prefixes.length === 0) continue;
            const name = setsOf(
              modelOf(textOf(cases.roundTrips[0]?.fixture as string)),
              cases.roundTrips[0]?.list ?? "",
            )[0]?.name;
            const model = modelOf(format.render.full({ name: name ?? "SCUBA", prefixes }));
            const judgement = ask(model, name === "" ? undefined : { list: name ?? "SCUBA" }, prefixes);
            expect(judgement.prefixes.filter(({ verdict }) => !fine.has(verdict))).toEqual([]);
            expect(judgement.extra.filter(({ verdict }) => verdict === "foreign")).toEqual([]);
          }
        }),
        { numRuns: 50 },
      );
    });
  });

  describe(`${format.id}: detection`, () => {
    it.each(fixtures)("knows its own fixture %s", (fixture) => {
      expect(detectFormat(textOf(fixture), fixture).id).toBe(format.id);
    });

    it("does not claim the fixtures of others", () => {
      const others = formats.filter(({ id }) => id !== format.id);
      const wrong = others.flatMap(({ id }) =>
        foreignFixtures(cases.folder, id)
          .filter((path) => {
            const head = readFileSync(path, "utf8");
            const other = formats.find((one) => one.id === id) as Format;
            return format.detect(head) >= other.detect(head);
          })
          .map((path) => path.slice(cases.folder.length)),
      );
      expect(wrong).toEqual([]);
    });
  });

  describe(`${format.id}: bad input`, () => {
    it(`never crashes, hangs or calls something admitted that is not, in ${fuzzRuns} broken configurations`, () => {
      const texts = fixtures.map(textOf);
      const desired = [...new Set(cases.cases.flatMap(({ verdicts }) => Object.keys(verdicts)))]
        .slice(0, 40)
        .map(prefixOf);
      let judged = 0;
      fc.assert(
        fc.property(brokenText(texts), (text) => {
          const model = format.parse(text, "config");
          const lists = model.sets.slice(0, 3).map(({ id }): Asked => ({ list: id }));
          const rules = model.ruleLists.slice(0, 2).map(({ id }): Asked => ({ rule: id }));
          for (const asked of [undefined, ...lists, ...rules]) {
            const judgement = tolerant(() => ask(model, asked, desired));
            if (judgement === undefined) continue;
            judged++;
            const wrong = unsound(model, subjectOf(asked), judgement);
            if (wrong.length > 0) throw new Error(`${wrong.join("\n")}\nin\n${text}`);
          }
        }),
        { numRuns: fuzzRuns },
      );
      // A fuzz that never reaches the engine proves nothing.
      expect(judged).toBeGreaterThan(fuzzRuns / 2);
    }, 120_000);

    it("is refused when it is binary, empty or of another kind", () => {
      expect(() => readConfig("\u0001\0\u0002", "x.bin", format.id)).toThrow(/x\.bin: this is not a text file/);
      for (const text of ["", "\n\n"]) {
        const model = tolerant(() => readConfig(text, "empty", format.id).model);
        expect(model?.sets.every(({ entries }) => entries.length === 0) ?? true).toBe(true);
      }
    });
  });

  describe(`${format.id}: size`, () => {
    it("takes time in proportion to the entries", () => {
      const small = cases.generate(2_000);
      const large = cases.generate(20_000);
      const members = (text: string, list: string): number =>
        resolver(modelOf(text)).resolve({
          entries: setsOf(modelOf(text), list).map(({ id }) => ({ text: id, line: 1, term: { kind: "set", id } })),
        }).leaves.length;
      expect(members(small.text, small.list)).toBe(2_000);
      expect(members(large.text, large.list)).toBe(20_000);
      // Ten small ones against a large one, in processor time: other work on the machine slows both or neither.
      const ten = (): void => {
        for (let run = 0; run < 10; run++) modelOf(small.text);
      };
      const measure = (): number => (10 * leastTime(() => modelOf(large.text))) / Math.max(leastTime(ten), 1);
      // The collector only adds: the least of a few counts. 10 is in proportion, 100 the square.
      let ratio = measure();
      for (let again = 0; again < 2 && ratio > 20; again++) ratio = Math.min(ratio, measure());
      expect(ratio).toBeLessThanOrEqual(20);
    }, 60_000);
  });
}
