/** A guarded list of ranges on the real engine, against a stand-in for Microsoft's download center. One stack, one story. */
import { join, resolve } from "node:path";
import { createServiceTagsEmulator, type ServiceTagsEmulator } from "pulumi-msem/emulator";
import type { OperationOptions } from "../../scripts/engine/protocol.ts";
import { run, weeklyFile } from "../ranges/weekly.ts";
import { changesOf, expectOk, type Lab, openLab } from "./lab.ts";
import type { RangesProgram } from "./programs/ranges.ts";

jest.setTimeout(240_000);

const nightly = { refresh: true, expectNoChanges: true };
const ipv6 = ["2603:1000:4::10/124", "2603:1000:5::/124"];

let lab: Lab<RangesProgram>;
let center: ServiceTagsEmulator;
let week = 0;

beforeAll(async () => {
  center = await createServiceTagsEmulator();
  lab = await openLab<RangesProgram>({
    stack: { program: resolve("tests", "engine", "programs", "ranges.ts") },
  });
});

afterAll(async () => {
  await lab.close();
  await center.close();
});

/** The only file on offer from now on: whatever it is, it is the newest. */
function publish(changeNumber: number, prefixes: readonly string[], file = 400 + week, tag = "Scuba"): void {
  week++;
  center.withdraw("Public");
  center.publish("Public", "2026-11-16", weeklyFile(file, { [tag]: { changeNumber, prefixes } }));
}

function operate(
  operation: "up" | "preview" | "refresh" | "destroy" | "export",
  options: OperationOptions = {},
  more: Partial<RangesProgram> = {},
) {
  const cacheFolder = join(lab.folder, `cache-${week}`);
  return lab.run(operation, { endpoint: center.url, cacheFolder, today: "2026-11-24", ...more }, options);
}

const lines = (result: { output: string }) =>
  result.output.split("\n").map((line) => line.trim().replace(/ +: /, ": "));
const consumer = () => lab.emulator.connections()[0]?.description;

describe("a guarded list on the real engine", () => {
  const thirty = [...run(10), ...ipv6];

  it("is known in the first preview, with all that depends on it, and created without a question to anybody else", async () => {
    publish(30, thirty);
    const preview = expectOk(await operate("preview", { diff: true }));
    expect(changesOf(preview)).toEqual(["consumer: create", "scuba: create"]);
    expect(preview.output).toMatch(/description *: "change 30 with 12"/);
    const { outputs } = expectOk(await operate("up"));
    expect(outputs).toMatchObject({ changeNumber: 30, ipv4: run(10), ipv6 });
    expect(consumer()).toBe("change 30 with 12");
  });

  it("proposes nothing while the list is the same, in another week's file and after a refresh too", async () => {
    publish(30, [...thirty].reverse());
    expectOk(await operate("preview", nightly));
    expectOk(await operate("refresh"));
    expectOk(await operate("preview", nightly, { today: "2027-02-01" }));
  });

  it("asks the download center once for a preview and its up", async () => {
    const before = center.requests().length;
    publish(30, thirty);
    expectOk(await operate("preview"));
    expectOk(await operate("up"));
    expect(center.requests().slice(before)).toHaveLength(2);
  });

  it("shows exactly the prefixes that come, in one line what changes, and what depends on it", async () => {
    publish(31, [...run(12), ...ipv6]);
    const preview = expectOk(await operate("preview", { diff: true }));
    expect(changesOf(preview)).toEqual([
      "consumer: update [description]",
      'scuba: update [changeNumber, prefixes["20.200.0.80/29"], prefixes["20.200.0.88/29"]]',
    ]);
    expect(preview.diagnostics).toContainEqual({
      severity: "info",
      message: expect.stringContaining("'scuba': Scuba 30 -> 31: 2 added, 0 removed, 12 kept"),
      urn: undefined,
    });
    const changed = lines(preview).filter((line) => /^[+-] 2.*\/\d/.test(line));
    // Twice: in the resource, and in the output of the stack that depends on it.
    expect(new Set(changed)).toEqual(new Set(['+ 20.200.0.80/29: "Scuba"', '+ 20.200.0.88/29: "Scuba"']));
    expect(preview.output).toContain('"change 30 with 12" => "change 31 with 14"');
    // The memory is no news.
    expect(preview.output).not.toContain("__published");
    expectOk(await operate("up"));
    expect(consumer()).toBe("change 31 with 14");
  });

  it("stops before anything is changed when the list goes back, with the ways out", async () => {
    publish(30, thirty, 346);
    for (const operation of ["preview", "up"] as const) {
      const refused = await operate(operation);
      expect(refused.ok).toBe(false);
      const said = refused.diagnostics.map(({ message }) => message).join("\n");
      expect(said).toContain("resource 'scuba' has a problem: MSEM_REFUSED rollback guard");
      expect(said).toContain("Scuba's change number is 30, the one accepted before is 31 (weekly file 346).");
      expect(said).toContain("guards.acceptRollbackTo: 30");
    }
    expect(consumer()).toBe("change 31 with 14");
  });

  it("goes on with the last list and a warning where the user says so", async () => {
    const kept = expectOk(await operate("up", {}, { guards: { onRefused: "keepLast" } }));
    // Nothing but the word itself: who reads the preview sees that a guard is told to stand back.
    expect(changesOf(kept)).toEqual(["scuba: update [guards]"]);
    expect(consumer()).toBe("change 31 with 14");
    expect(kept.diagnostics).toContainEqual({
      severity: "warning",
      message: expect.stringContaining(
        "'scuba': the published list is refused, the last accepted one is kept (change 31, 14 prefixes)",
      ),
      urn: undefined,
    });
  });

  it("refuses an emptied tag, also with the last list accepted by a refreshed state", async () => {
    publish(32, []);
    expectOk(await operate("refresh"));
    const refused = await operate("up", { refresh: true });
    expect(refused.ok).toBe(false);
    expect(refused.diagnostics.map(({ message }) => message).join("\n")).toContain("MSEM_REFUSED empty guard");
  });

  it("ends with a clean line when there is no list to be had", async () => {
    center.withdraw("Public");
    week++;
    const failed = await operate("preview");
    expect(failed.ok).toBe(false);
    const said = `${failed.output}${failed.error}`;
    expect(said).toContain("MSEM_PROTOCOL the download page offers no file");
    expect(said).not.toMatch(/\n\s+at .*serviceTagRanges/);
    expect(consumer()).toBe("change 31 with 14");
  });

  it("keeps a withdrawn prefix for its days, over refreshes, and lets it go after them", async () => {
    publish(32, [...run(11), ...ipv6]);
    const withdrawal = expectOk(await operate("up", { diff: true }));
    expect(lines(withdrawal).find((line) => line.includes("20.200.0.88/29"))).toBe(
      '~ 20.200.0.88/29: "Scuba" => "Scuba (withdrawn 2026-11-24, until 2026-12-08)"',
    );
    // The day stands in the label alone.
    expect(withdrawal.output).not.toContain("__published");
    expectOk(await operate("refresh"));
    expectOk(await operate("preview", nightly, { today: "2026-12-07" }));
    expect(consumer()).toBe("change 32 with 14");
    const ended = expectOk(await operate("up", { refresh: true }, { today: "2026-12-08" }));
    expect(changesOf(ended)).toEqual(["consumer: update [description]", 'scuba: update [prefixes["20.200.0.88/29"]]']);
    expect(consumer()).toBe("change 32 with 13");
  });

  it("takes a prefix that comes back out of quarantine", async () => {
    publish(33, [...run(10), ...ipv6]);
    expectOk(await operate("up"));
    publish(34, [...run(11), ...ipv6]);
    const back = expectOk(await operate("up", {}, { today: "2026-12-01" }));
    expect((back.outputs.prefixes as Record<string, string>)["20.200.0.80/29"]).toBe("Scuba");
    expectOk(await operate("preview", nightly, { today: "2027-12-01" }));
  });

  it("reports every mistake in the guards at once", async () => {
    const wrong = await operate("preview", {}, { guards: { onRefused: "keep", acceptRemoval: 3 } as never });
    const said = wrong.diagnostics.map(({ message }) => message).join("\n");
    expect(said).toContain("MSEM_INVALID 2 problems");
    expect(said).toMatch(/guards\.onRefused: +must be "fail" or "keepLast"/);
    expect(said).toMatch(/guards\.acceptRemoval: +there is no such option; close: acceptRemovals/);
  });

  it("keeps each fact once, and neither file number, date nor day in state", async () => {
    const { deployment } = expectOk(await operate("export"));
    const { resources } = (deployment as { deployment: { resources: Record<string, unknown>[] } }).deployment;
    const scuba = resources.find(({ type }) => String(type).endsWith(":ServiceTagRanges"));
    const inputs = scuba?.inputs as Record<string, unknown>;
    expect(Object.keys(inputs).sort()).toEqual(["__provider", "__published", "changeNumber", "prefixes", "serviceTag"]);
    expect(inputs.__published).toEqual({ counter: "file/public/scuba" });
    expect(JSON.stringify(scuba)).not.toMatch(/fileChangeNumber|weekly file|2026-11-16|asOf/);
  });

  it("is replaced for another tag, whose list begins anew, but not for another spelling", async () => {
    publish(35, [...run(11), ...ipv6]);
    expectOk(await operate("up"));
    publish(1, run(300, 500), 500, "Other");
    const other = expectOk(await operate("up", {}, { serviceTag: "other" }));
    expect(changesOf(other).filter((line) => line.startsWith("scuba"))).toContainEqual(
      expect.stringMatching(/^scuba: replace /),
    );
    expect(other.outputs).toMatchObject({ changeNumber: 1, ipv4: run(300, 500), ipv6: [] });
    expectOk(await operate("preview", nightly, { serviceTag: "OTHER" }));
  });

  it("is destroyed without a question", async () => {
    expectOk(await operate("destroy"));
    expect(lab.emulator.connections()).toEqual([]);
  });
});
