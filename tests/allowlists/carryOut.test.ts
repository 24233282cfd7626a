import type { Account } from "../../provider/allowlists/account";
import { carryOut } from "../../provider/allowlists/carryOut";
import { MsemError } from "../../provider/core/errors";
import { type ObservedAllowlist, observedEntry } from "../../provider/core/targets/entries";
import { tenableTarget } from "../../provider/vendors/tenable/allowlist";

/** A bare list of which only state tells what is ours. `before` runs ahead of every read and may change what it gives. */
function account(list: string[], before: (read: number, list: readonly string[]) => readonly string[] | undefined) {
  let reads = 0;
  const writes: string[][] = [];
  const observed = (texts: readonly string[]): ObservedAllowlist => ({
    entries: texts.map((text) => observedEntry(text)),
    enforced: { ipv4: true, ipv6: false },
  });
  const opened: Account = {
    descriptor: tenableTarget,
    place: "here",
    mark: "",
    session: {
      read: async () => observed(before(++reads, list) ?? list),
      write: async ({ changes }, { entries }) => {
        const removed = changes.flatMap((change) => (change.verb === "remove" ? [change.entry] : []));
        const added = changes.flatMap((change) => (change.verb === "add" ? [change.block.text] : []));
        list.splice(
          0,
          list.length,
          ...entries.filter((entry) => !removed.includes(entry)).map(({ text }) => text),
          ...added,
        );
        writes.push([...list]);
      },
    },
  };
  return { opened, writes };
}

const policy = { mode: "additive", startEnforcement: false, adopt: false, caller: [] } as const;

const one = { desired: { "192.0.2.3/32": "x" }, owned: new Set<string>(), policy, known: [] };
const quiet = { warn: () => undefined, sleep: async () => undefined };

describe("read, plan, write, read again", () => {
  it("still removes what was ours when the read after the write lags behind it", async () => {
    const list = ["198.51.100.0/24", "192.0.2.1/32", "192.0.2.2/32"];
    const old = [...list];
    const warnings: string[] = [];
    const { opened, writes } = account(list, (read) => (read === 2 ? old : undefined));
    const outcome = await carryOut(
      opened,
      {
        desired: { "192.0.2.2/32": "x", "192.0.2.3/32": "x" },
        owned: new Set(["192.0.2.1/32", "192.0.2.2/32"]),
        policy,
        known: [],
      },
      { warn: (message) => void warnings.push(message), sleep: async () => undefined },
    );
    expect(list).toEqual(["198.51.100.0/24", "192.0.2.2/32", "192.0.2.3/32"]);
    expect(outcome.owned).toEqual(["192.0.2.2/32", "192.0.2.3/32"]);
    expect(writes).toHaveLength(2);
    expect(warnings.join()).toContain("lag behind its writes");
  });

  it("writes again what somebody else undid at the same time, and keeps what that one added", async () => {
    const list = ["198.51.100.0/24"];
    const { opened } = account(list, (read, now) => {
      if (read === 2) list.splice(0, now.length, "198.51.100.0/24", "203.0.113.9/32");
      return undefined;
    });
    const outcome = await carryOut(opened, one, quiet);
    expect(list).toEqual(["198.51.100.0/24", "203.0.113.9/32", "192.0.2.3/32"]);
    expect(outcome.owned).toEqual(["192.0.2.3/32"]);
  });

  it("gives up after four writes that did not last, and says so", async () => {
    const list = ["198.51.100.0/24"];
    const { opened, writes } = account(list, () => ["198.51.100.0/24"]);
    const outcome = await carryOut(opened, one, quiet);
    expect(writes).toHaveLength(4);
    expect(outcome.failure).toBeInstanceOf(MsemError);
    expect(outcome.failure?.message).toContain("1 changes were undone 4 times");
  });
});
