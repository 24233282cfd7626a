import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { evaluate, removeFolders, startDriver, temporaryFolder } from "./support";

/** Puts a lock there as another process would have left it. */
function heldBy(lock: string, owner: { pid: number; host: string }, ageMs = 0): void {
  mkdirSync(lock, { recursive: true });
  writeFileSync(path.join(lock, "owner.json"), JSON.stringify({ ...owner, token: "another" }));
  const touched = new Date(Date.now() - ageMs);
  utimesSync(lock, touched, touched);
}

/** Takes the lock unless it stays held for half a second. */
const attempt = `setup.withLock(input, { signal: AbortSignal.timeout(500), pollMs: 20 }, async () => "taken")
  .catch((error) => error.message)`;

/** A process id that was in use and is not any more. */
async function deadPid(): Promise<number> {
  const { stdout } = await startDriver("lock.mjs", "console.log(process.pid);").ended;
  return Number(stdout);
}

describe("the set-up's lock", () => {
  afterEach(removeFolders);

  it("is taken when it is free, and leaves nothing behind", async () => {
    const folder = temporaryFolder();
    expect(await evaluate("lock.mjs", attempt, path.join(folder, "deep", "x.lock"))).toBe("taken");
    expect(readdirSync(path.join(folder, "deep"))).toEqual([]);
  });

  it("is free again after work that failed", async () => {
    const lock = path.join(temporaryFolder(), "x.lock");
    const failing = `setup.withLock(input, {}, async () => { throw new Error("no luck"); }).catch((error) => error.message)`;
    expect(await evaluate("lock.mjs", failing, lock)).toBe("no luck");
    expect(existsSync(lock)).toBe(false);
  });

  it("is waited for while its owner lives", async () => {
    const lock = path.join(temporaryFolder(), "x.lock");
    heldBy(lock, { pid: process.pid, host: hostname() });
    expect(await evaluate("lock.mjs", attempt, lock)).toBe("Interrupted.");
    expect(existsSync(lock)).toBe(true);
  });

  it("is taken over at once from an owner that has died", async () => {
    const lock = path.join(temporaryFolder(), "x.lock");
    heldBy(lock, { pid: await deadPid(), host: hostname() });
    expect(await evaluate("lock.mjs", attempt, lock)).toBe("taken");
  });

  it("is taken over from a machine that shares the cache only after two silent minutes", async () => {
    const folder = temporaryFolder();
    const pid = await deadPid();
    heldBy(path.join(folder, "fresh"), { pid, host: "another-machine" }, 60_000);
    heldBy(path.join(folder, "silent"), { pid, host: "another-machine" }, 121_000);
    expect(await evaluate("lock.mjs", attempt, path.join(folder, "fresh"))).toBe("Interrupted.");
    expect(await evaluate("lock.mjs", attempt, path.join(folder, "silent"))).toBe("taken");
  });

  it("never lets two processes work at once, also when both find a dead owner's lock", async () => {
    const folder = temporaryFolder();
    const lock = path.join(folder, "x.lock");
    heldBy(lock, { pid: await deadPid(), host: hostname() });
    const work = `
      const { mkdirSync, rmdirSync } = await import("node:fs");
      for (let round = 0; round < 20; round += 1) {
        await setup.withLock(input.lock, { pollMs: 1 }, async () => {
          mkdirSync(input.busy);
          await new Promise((resolve) => setTimeout(resolve, 2));
          rmdirSync(input.busy);
        });
      }`;
    const input = { lock, busy: path.join(folder, "busy") };
    const drivers = [1, 2, 3].map(() => startDriver("lock.mjs", work, input).ended);
    for (const { code, stderr } of await Promise.all(drivers))
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(folder)).toEqual([]);
  });
});
