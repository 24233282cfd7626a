/** What a judged configuration keeps: verdicts and the change, never the text. */
import { createHash } from "node:crypto";
import { MsemError } from "../../provider/core/errors";
import { type FirewallInputs, firewallLifecycle } from "../../provider/firewalls/lifecycle";

const surroundings = { environment: () => undefined, now: () => new Date(0) };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const canary = "canary-3b8e";
const config = `ASA Version 9.16
enable password ${canary} encrypted
object-group network SCUBA
 network-object 20.1.0.0 255.255.255.248
 network-object 192.0.2.77 255.255.255.255
access-list outside_in extended permit tcp object-group SCUBA any eq https
access-group outside_in in interface outside
`;
const asset = (fields: object) => ({
  "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
  hash: "h",
  ...fields,
});
const ranges = (...prefixes: string[]) => ({
  serviceTag: "Scuba",
  changeNumber: 31,
  prefixes: Object.fromEntries(prefixes.map((prefix) => [prefix, "Scuba"])),
});

const files: Record<string, string> = { "configs/edge.cfg": config };
const { check } = firewallLifecycle((path) => {
  const text = files[path];
  if (text === undefined) throw new MsemError("MSEM_INVALID", `${path}: there is no such file`);
  return text;
});
const judged = (given: object, previous?: FirewallInputs) =>
  check({ config, list: "SCUBA", ranges: ranges("20.1.0.0/29", "20.2.0.16/31"), ...given }, previous, surroundings);

describe("a judged configuration", () => {
  it.each([
    ["text", config, "config"],
    ["a string asset", asset({ text: config }), "config"],
    ["a file asset", asset({ path: "configs/edge.cfg" }), "configs/edge.cfg"],
  ])("given as %s keeps its name and digest, and nothing of the text", (_how, given, name) => {
    const { inputs, problems, warnings } = judged({ config: given });
    expect(problems).toEqual([]);
    expect(inputs.config).toEqual({ name, sha256: createHash("sha256").update(config).digest("hex") });
    expect(inputs).toMatchObject({ vendor: "cisco-asa", inSync: false, serviceTag: "Scuba", changeNumber: 31 });
    expect(inputs.verdicts).toEqual({ "20.1.0.0/29": "present", "20.2.0.16/31": "missing" });
    expect(inputs.remediation).toContain("network-object 20.2.0.16 255.255.255.254");
    expect(inputs.rollback).toContain("no network-object 20.2.0.16 255.255.255.254");
    const all = JSON.stringify({ inputs, warnings });
    expect(all).not.toContain(canary);
    // Somebody else's entry is nobody's business in a state.
    expect(all).not.toContain("192.0.2.77");
  });

  it("warns, or stops the run with a code of its own", () => {
    const { warnings, refusal } = judged({});
    expect(refusal).toBeUndefined();
    expect(warnings.join("\n")).toContain("1 missing: 20.2.0.16/31");
    const failed = judged({ onDrift: "fail" });
    expect(failed.refusal?.code).toBe("MSEM_DRIFT");
    expect(failed.refusal?.message).toContain("msem render config --list SCUBA");
    expect(judged({ onDrift: "fail", ranges: ranges("20.1.0.0/29") }).refusal).toBeUndefined();
  });

  it("knows an entry of an earlier list as stale, until it is gone", () => {
    const first = judged({}).inputs;
    const next = judged({ ranges: ranges("20.2.0.16/31") }, first).inputs;
    expect(next.verdicts).toEqual({ "20.2.0.16/31": "missing", "20.1.0.0/29": "stale" });
    expect(next.remediation).toContain("no network-object 20.1.0.0 255.255.255.248");
    const still = judged({ ranges: ranges("20.2.0.16/31") }, next).inputs;
    expect(still).toEqual(next);
  });

  it("has no change where rules are judged, and none where nothing is lacking", () => {
    expect(judged({ list: undefined }).inputs).not.toHaveProperty("remediation");
    expect(judged({ ranges: ranges("20.1.0.0/29") }).inputs).not.toHaveProperty("remediation");
  });

  it.each([
    ["the configuration", { config: unknown }],
    ["the ranges", { ranges: unknown }],
    ["a part of the ranges", { ranges: { serviceTag: unknown, changeNumber: unknown, prefixes: unknown } }],
  ])("is not known while %s is not", (_what, given) => {
    const { inputs, problems } = judged(given);
    expect(problems).toEqual([]);
    expect([inputs.verdicts, inputs.inSync, inputs.remediation]).toEqual([unknown, unknown, unknown]);
    expect(JSON.stringify(inputs)).not.toContain(canary);
  });

  it("says everything that is wrong at once", () => {
    const { problems } = judged({
      config: { path: "x" },
      list: 7,
      ranges: { serviceTag: "Scuba" },
      onDrift: "stop",
      lists: "SCUBA",
    });
    expect(problems.map(({ path }) => path).sort()).toEqual(["config", "list", "lists", "onDrift", "ranges"]);
  });

  it.each([
    ["a file that is not there", { config: asset({ path: "configs/none.cfg" }) }, "there is no such file"],
    ["a remote asset", { config: asset({ uri: "https://example.com/x" }) }, "needs no network"],
    ["a list that is not there", { list: "SCUBBA" }, "SCUBA"],
    ["an empty text", { config: "" }, 'has no list "SCUBA". It has'],
    ["another vendor", { vendor: "cisco-aza" }, "cisco-asa"],
  ])("names the way out for %s", (_what, given, message) => {
    const { problems, inputs } = judged(given);
    expect(problems).toEqual([{ path: "config", message: expect.stringContaining(message) }]);
    expect(JSON.stringify(inputs)).not.toContain(canary);
  });
});
