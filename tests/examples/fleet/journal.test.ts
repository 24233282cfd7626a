/** The journal: what a run leaves for the next one, whatever moment it ends at. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isDone, type Journal, openJournal } from "../../../examples/fleet/journal.ts";
import { areOurs, locksIn } from "../../../examples/fleet/locks.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, "journal.jsonl");
const first = {
  host: "here",
  startedDateTime: "2026-11-20T10:00:00.000Z",
  deadlineDateTime: "2026-11-20T10:15:00.000Z",
};
const second = {
  host: "here",
  startedDateTime: "2026-11-20T11:00:00.000Z",
  deadlineDateTime: "2026-11-20T11:15:00.000Z",
};
const ended = { tenant: "a", operation: "up", revision: "r1" } as const;

function inJournal<T>(use: (journal: Journal) => T): T {
  const journal = openJournal(folder);
  try {
    return use(journal);
  } finally {
    journal.close();
  }
}
/** What the next run finds. */
const entry = (tenant = "a") => inJournal((journal) => journal.entry(tenant));

it("knows at which revision a tenant is done, until something puts it in doubt", () => {
  inJournal((journal) => {
    journal.started("a", first);
    journal.ended({ ...ended, status: "ok" });
  });
  expect(isDone(entry(), "up", "r1")).toBe(true);
  expect(isDone(entry(), "up", "r2")).toBe(false);
  expect(isDone(entry(), "destroy", "r1")).toBe(false);
  expect(isDone(entry("b"), "up", "r1")).toBe(false);
  inJournal((journal) => journal.started("a", second));
  expect(isDone(entry(), "up", "r1")).toBe(false);
  expect(entry().inFlight).toEqual([second]);
});

it("takes what is destroyed for done at any revision", () => {
  inJournal((journal) => journal.ended({ ...ended, operation: "destroy", status: "ok" }));
  expect(isDone(entry(), "destroy", "r2")).toBe(true);
  expect(isDone(entry(), "up", "r1")).toBe(false);
});

it.each([
  ["failed", undefined, []],
  ["refused", undefined, []],
  ["interrupted", undefined, [first, second]],
  ["timedOut", undefined, [first, second]],
  // This one took no lock; the one before may have.
  ["failed", true, [first]],
] as const)("an up that is %s (held by somebody: %s) leaves what may hold the lock", (status, locked, left) => {
  inJournal((journal) => {
    journal.started("a", first);
    journal.started("a", second);
    journal.ended({ ...ended, status, ...(locked === undefined ? {} : { locked }) });
  });
  expect(entry().inFlight).toEqual(left);
  expect(entry().done).toBeUndefined();
});

it("remembers drift that a preview saw, until an up", () => {
  inJournal((journal) => {
    journal.ended({ ...ended, status: "ok" });
    journal.ended({ ...ended, operation: "preview", status: "ok" });
  });
  expect(isDone(entry(), "up", "r1")).toBe(true);
  inJournal((journal) => journal.ended({ ...ended, operation: "preview", status: "drift" }));
  expect([isDone(entry(), "up", "r1"), entry().drifted]).toEqual([false, true]);
  inJournal((journal) => journal.ended({ ...ended, status: "ok" }));
  expect([isDone(entry(), "up", "r1"), entry().drifted]).toEqual([true, false]);
});

it("can be read after a kill in the middle of a line, and forgets at most the last line", () => {
  inJournal((journal) => {
    journal.started("a", first);
    journal.ended({ ...ended, status: "ok" });
    journal.started("b", second);
  });
  const text = readFileSync(file(), "utf8");
  const beginning = text.indexOf("\n") + 1;
  for (let length = beginning; length <= text.length; length += 9) {
    writeFileSync(file(), text.slice(0, length));
    expect(Object.keys(entry())).toContain("inFlight");
  }
  writeFileSync(file(), text.slice(0, -1));
  expect(entry("a").done).toEqual({ operation: "up", revision: "r1" });
  expect(entry("b").inFlight).toEqual([]);
});

it("stays as long as there are tenants, however many runs there were", () => {
  for (let run = 0; run < 30; run++) {
    inJournal((journal) => {
      journal.started("a", first);
      journal.ended({ ...ended, status: "ok" });
    });
  }
  entry();
  expect(readFileSync(file(), "utf8").split("\n")).toHaveLength(3);
});

it("refuses a damaged file with its line, and leaves it and no lock behind", () => {
  inJournal((journal) => journal.started("a", first));
  const text = `${readFileSync(file(), "utf8")}{"event":"ended"}\n{}\n`;
  writeFileSync(file(), text);
  expect(() => openJournal(folder)).toThrow(/journal\.jsonl, line 3: not a record/);
  expect(readFileSync(file(), "utf8")).toBe(text);
  expect(existsSync(join(folder, "journal.lock"))).toBe(false);
  writeFileSync(file(), '{"journal":"msem-fleet","version":2}\n');
  expect(() => openJournal(folder)).toThrow(/line 1/);
});

describe("two runs with one journal", () => {
  const lock = () => join(folder, "journal.lock");

  it("refuses the second while the first lives", () => {
    writeFileSync(lock(), JSON.stringify({ host: hostname(), pid: process.ppid }));
    expect(() => openJournal(folder)).toThrow(`another run (process ${process.ppid})`);
    expect(existsSync(lock())).toBe(true);
  });

  it.each([
    ["whose process is gone", () => JSON.stringify({ host: hostname(), pid: spawnSync("true").pid })],
    ["of another machine, from which the folder came", () => JSON.stringify({ host: "elsewhere", pid: process.ppid })],
    ["that is torn", () => '{"host":'],
  ])("takes over the lock of one %s", (_what, content) => {
    writeFileSync(lock(), content());
    openJournal(folder).close();
    expect(existsSync(lock())).toBe(false);
  });
});

describe("locks of a stack", () => {
  const refusal = (...holders: readonly string[]) =>
    [
      "error: the stack is currently locked by 2 lock(s).",
      ...holders.map((one) => `  s3://b/x.json: created by ${one}`),
    ].join("\n");
  const ours = "ci@here (pid 9401) at 2026-11-20T10:00:01Z";

  it.each([
    ["ours", [ours], true],
    ["ours, in the second the run began, as locks know it", ["ci@here (pid 1) at 2026-11-20T09:59:59Z"], true],
    ["ours, by another zone's time", ["ci@here (pid 1) at 2026-11-20T12:05:00+02:00"], true],
    ["ours, of a user with a space and an @", ["CI user@corp@here (pid 1) at 2026-11-20T10:05:00Z"], true],
    ["another host's", ["ci@there (pid 9401) at 2026-11-20T10:00:01Z"], false],
    ["older than the run", ["ci@here (pid 1) at 2026-11-20T09:59:00Z"], false],
    ["younger than the run can be", ["ci@here (pid 1) at 2026-11-20T10:16:00Z"], false],
    ["ours and another's", [ours, "somebody@there (pid 3) at 2026-11-20T10:00:01Z"], false],
    ["without a time", ["ci@here (pid 1) at once"], false],
    // Pulumi Cloud tells nobody's name.
    ["of nobody who is named", [], false],
  ])("%s", (_what, holders, expected) => {
    expect(areOurs(locksIn(refusal(...holders)), [first])).toBe(expected);
    expect(areOurs(locksIn(refusal(...holders)), [])).toBe(false);
  });
});
