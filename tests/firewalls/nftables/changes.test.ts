/** What a change of a set is, and which sets are not changed. */
import { type Model, type NamedSet, planChange } from "../../../provider/core/allowlist/index";
import { readConfig } from "../../../provider/firewalls/index";
import { nftables } from "../../../provider/firewalls/nftables/index";
import { prefixOf } from "../questions";

function modelOf(text: string): Model {
  return readConfig(text, "ruleset", "nftables").model;
}

function inTable(body: string): string {
  return `table inet filter {\n${body}\n}\n`;
}

function rendered(text: string, desired: readonly string[], previous: readonly string[] = []) {
  const model = modelOf(text);
  const { changes } = planChange({
    model,
    subject: { kind: "list", names: ["s"] },
    desired: desired.map(prefixOf),
    previous: previous.map(prefixOf),
    capability: nftables.capability,
  });
  const [change] = changes;
  if (change === undefined) throw new Error("no change");
  return { change: nftables.render.change(change, model), rollback: nftables.render.rollback(change, model) };
}

const interval = (elements: string, more = ""): string =>
  inTable(`set s { type ipv4_addr; flags interval; ${more} elements = { ${elements} }; }`);

describe("nftables: which sets are changed", () => {
  it.each([
    ["prefixes", "type ipv4_addr; flags interval;", undefined],
    ["prefixes that may have a timeout", "type ipv6_addr; flags interval,timeout;", undefined],
    ["a limit", "typeof ip saddr; flags interval; size 100;", undefined],
    ["single addresses", "type ipv4_addr;", /single addresses; give it `flags interval`/],
    ["auto-merge", "type ipv4_addr; flags interval; auto-merge;", /auto-merge/],
    ["constant", "type ipv4_addr; flags constant, interval;", /constant/],
    ["a timeout of its own", "type ipv4_addr; flags interval,timeout; timeout 1h;", /expire/],
    ["a concatenation", "type ipv4_addr . inet_service; flags interval;", /more than an address/],
    ["a variable", "type ipv4_addr; flags interval; elements = $OFFICES;", /variable/],
  ] as const)("says of a set with %s whether and why not", (_, body, reason) => {
    const model = modelOf(`define OFFICES = { 192.0.2.0/28 }\n${inTable(`set s { ${body} }`)}`);
    const [set] = model.sets;
    if (set === undefined) throw new Error("no set");
    const said = nftables.refuse?.(set, model) ?? "";
    if (reason === undefined) expect(said).toBe("");
    else expect(said).toMatch(reason);
  });

  it.each([
    ["a string, as since 2025", "interval", ""],
    ["an array, as before", ["interval"], ""],
    ["an array of two", ["timeout", "interval"], ""],
    ["a string that is another one", "timeout", "it holds single addresses"],
    ["absent", undefined, "it holds single addresses"],
  ])("reads flags in JSON that are %s", (_, flags, reason) => {
    const set = { family: "inet", table: "filter", name: "s", type: "ipv4_addr", flags };
    const model = modelOf(JSON.stringify({ nftables: [{ set }] }));
    expect((nftables.refuse?.(model.sets[0] as NamedSet, model) ?? "").split(";")[0]).toBe(reason);
  });

  it.each(["dormant", ["dormant"]])("takes a table of JSON with flags %j as not in force", (flags) => {
    const names = { family: "inet", table: "filter" };
    const objects = [
      { table: { family: "inet", name: "filter", flags } },
      { chain: { ...names, name: "c", type: "filter", hook: "input", prio: 0, policy: "drop" } },
      { set: { ...names, name: "s", type: "ipv4_addr" } },
    ];
    expect(modelOf(JSON.stringify({ nftables: objects })).ruleLists).toEqual([]);
    expect(modelOf(JSON.stringify({ nftables: objects.slice(1) })).ruleLists).toHaveLength(1);
  });

  it("refuses a variable, and a set whose definition is elsewhere", () => {
    const model = modelOf("define V = { 192.0.2.0/28 }\nadd element inet filter s { 192.0.2.0/28 }\n");
    const reasons = model.sets.map((set) => [set.name, nftables.refuse?.(set, model) ?? ""]);
    expect(Object.fromEntries(reasons)).toMatchObject({
      V: expect.stringMatching(/variable/),
      s: expect.stringMatching(/definition is not in the file/),
    });
  });

  it("offers sets of ports and interfaces as no list", () => {
    const others = "set p { type inet_service; elements = { 443 } }\nset i { type ifname; }\nset a { type ipv4_addr; }";
    expect(modelOf(inTable(others)).sets.map(({ name }) => name)).toEqual(["a"]);
  });

  it("names the sets, and no condition of a rule, where rules were asked to be changed", () => {
    const chains =
      "chain inner { ip saddr 192.0.2.0/28 accept; }\n" +
      "chain input { type filter hook input priority 0; policy drop; ip saddr @s jump inner; }";
    const model = modelOf(inTable(`set s { type ipv4_addr; flags interval; }\n${chains}`));
    expect(model.sets.map(({ name }) => name)).toContain("");
    const planned = () =>
      planChange({ model, subject: { kind: "list", names: ["input"] }, desired: [], capability: nftables.capability });
    expect(planned).toThrow(/MSEM_REFUSED .*\n {2}Name the list with --list: s\.$/);
  });

  it("refuses more elements than the set holds", () => {
    const text = inTable("set s { type ipv4_addr; flags interval; size 2; elements = { 192.0.2.0/28, 20.0.0.0/8 }; }");
    expect(() => rendered(text, ["192.0.2.0/28", "198.51.100.0/25"])).toThrow(/would have 3 entries; it holds 2/);
    expect(rendered(text, ["192.0.2.0/28", "198.51.100.0/25"], ["20.0.0.0/8"]).change).toContain("198.51.100.0/25");
  });

  it("counts the parts of a prefix that would have to be added", () => {
    const text = inTable("set s { type ipv4_addr; flags interval; size 3; elements = { 192.0.2.64/28 }; }");
    // 192.0.2.0/24 without 192.0.2.64/28 is four prefixes.
    expect(() => rendered(text, ["192.0.2.0/24"])).toThrow(/would have 5 entries; it holds 3/);
  });
});

describe("nftables: elements do not overlap", () => {
  it("adds of a prefix what the set does not have", () => {
    const { change, rollback } = rendered(interval("192.0.2.64/26"), ["192.0.2.0/24"]);
    expect(change).toBe("add element inet filter s {\n\t192.0.2.0/26,\n\t192.0.2.128/25\n}\n");
    expect(rollback).toBe("delete element inet filter s {\n\t192.0.2.0/26,\n\t192.0.2.128/25\n}\n");
  });

  it("takes the old element out before what lies in it comes in", () => {
    const { change, rollback } = rendered(interval('20.0.0.0/8 comment "old"'), ["20.1.2.0/24"], ["20.0.0.0/8"]);
    expect(change).toBe("delete element inet filter s { 20.0.0.0/8 }\nadd element inet filter s { 20.1.2.0/24 }\n");
    expect(rollback).toBe(
      'delete element inet filter s { 20.1.2.0/24 }\nadd element inet filter s { 20.0.0.0/8 comment "old" }\n',
    );
  });

  it("leaves an old element that is a part of a new prefix", () => {
    const { change } = rendered(interval("192.0.2.0/25, 192.0.2.128/26"), ["192.0.2.0/24"], ["192.0.2.0/25"]);
    expect(change).toBe("add element inet filter s { 192.0.2.192/26 }\n");
  });

  it("brings an element back with its timeout, and without a comment that nft could not read", () => {
    const elem = [
      { elem: { val: { prefix: { addr: "20.0.0.0", len: 8 } }, timeout: 3600, expires: 60 } },
      { elem: { val: { range: ["21.0.0.0", "21.255.255.255"] }, comment: 'say "no"\n' } },
    ];
    const set = { family: "inet", table: "filter", name: "s", type: "ipv4_addr", flags: ["interval", "timeout"], elem };
    const { change, rollback } = rendered(JSON.stringify({ nftables: [{ set }] }), [], ["20.0.0.0/8", "21.0.0.0/8"]);
    expect(change).toBe("delete element inet filter s {\n\t20.0.0.0/8,\n\t21.0.0.0-21.255.255.255\n}\n");
    expect(rollback).toBe(
      "add element inet filter s {\n\t20.0.0.0/8 timeout 3600s expires 60s,\n\t21.0.0.0-21.255.255.255\n}\n",
    );
  });
});
