/** The client of advanced hunting against the stand-in, over a real connection. */
import { inspect } from "node:util";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator";
import { type GraphStore, graphEmulator } from "../../provider/emulator/graph";
import { graphScope, sovereignWarning } from "../../provider/ingestion/cloud";
import { createHuntingClient, type HuntingOptions } from "../../provider/ingestion/graph";
import { createQuota } from "../../provider/ingestion/quota";
import { ingestions } from "../../provider/vendors/ingestions";

const canary = "canary-token-6a1b";
const path = "/v1.0/security/runHuntingQuery";
let graph: RunningVendor<GraphStore>;

beforeAll(async () => {
  graph = await createVendorEmulator(graphEmulator, {
    seed: (store) => {
      store.knownTokens = [canary];
      store.counts = { serviceNow: 11, qualys: 22, rapid7: 33, tenable: 44 };
    },
  });
});

afterEach(() => graph.reset());
afterAll(() => graph.close());

/** Sleeping takes no time, and is written down. */
function client(options: Partial<HuntingOptions> = {}, slept: number[] = []) {
  const sleep = async (ms: number) => void slept.push(ms);
  return createHuntingClient({
    endpoint: graph.url,
    token: async () => canary,
    quota: createQuota({ now: () => 0, sleep, calls: 1_000 }),
    sleep,
    ...options,
  });
}
const qualys = ingestions.find(({ type }) => type === "qualys")?.query ?? "";
async function failureOf(action: Promise<unknown>) {
  const error: unknown = await action.then(
    () => "no failure",
    (failure: unknown) => failure,
  );
  expect(inspect(error, { depth: 10 })).not.toContain(canary);
  return error;
}

describe("a hunting query", () => {
  it.each(ingestions.map(({ type, query }) => [type, query] as const))(
    "of %s is the documented one",
    async (type, query) => {
      expect(await client().count(query)).toBe(graph.store.counts[type]);
    },
  );

  it("that Graph does not take shows Graph's own words", async () => {
    expect(await failureOf(client().count("ExposureGraphNodes | take 5 | count"))).toMatchObject({
      code: "MSEM_REJECTED",
      message: expect.stringMatching(/Microsoft Graph: POST .*runHuntingQuery: 400 BadRequest: Query execution failed/),
      details: { requestId: expect.stringMatching(/.+/) },
    });
  });

  it("without the permission names it", async () => {
    graph.store.mayHunt = false;
    expect(await failureOf(client().count(qualys))).toMatchObject({
      code: "MSEM_FORBIDDEN",
      message: expect.stringMatching(
        /403 Forbidden: Missing application roles[\s\S]*needs the permission ThreatHunting.Read.All/,
      ),
    });
  });

  it("with a token that is not good says how to get one, once more with a fresh one", async () => {
    const given = ["stale", canary];
    expect(await client({ token: async () => given.shift() ?? "" }).count(qualys)).toBe(22);
    expect(await failureOf(client({ token: async () => "stale" }).count(qualys))).toMatchObject({
      code: "MSEM_UNAUTHENTICATED",
      message: expect.stringContaining("msem:graphToken"),
    });
  });

  it("waits as long as Graph asks when the quota is used up, and each repeat counts as a call", async () => {
    graph.faults.add({ when: { path }, effect: { kind: "status", status: 429, retryAfter: 7 }, times: 2 });
    const slept: number[] = [];
    let entered = 0;
    const quota = {
      enter: async () => {
        entered += 1;
      },
    };
    expect(await client({ quota }, slept).count(qualys)).toBe(22);
    expect(slept).toEqual([7_000, 7_000]);
    expect(entered).toBe(3);
  });

  it("is given up when Graph asks for more time than there is", async () => {
    graph.store.callsPerMinute = 0;
    graph.store.calls = [Date.now()];
    expect(await failureOf(client({ retry: { totalMs: 10_000 } }).count(qualys))).toMatchObject({
      code: "MSEM_THROTTLED",
      message: expect.stringMatching(/asks to wait \d+ s, but only (10|9\.\d+) s remain/),
    });
  });

  it("is not asked at all when our own quota is used up for longer", async () => {
    const quota = createQuota({ now: () => 0, sleep: async () => undefined, calls: 1 });
    const hunting = client({ quota, retry: { totalMs: 30_000 } });
    expect(await hunting.count(qualys)).toBe(22);
    expect(await failureOf(hunting.count(qualys))).toMatchObject({ code: "MSEM_THROTTLED" });
    expect(graph.requests()).toHaveLength(1);
  });

  it("that is answered too slowly ends in time", async () => {
    graph.faults.add({ when: { path }, effect: { kind: "delay", ms: 5_000 }, times: 9 });
    const started = Date.now();
    const hunting = client({ requestTimeoutMs: 150, retry: { attempts: 1 } });
    expect(await failureOf(hunting.count(qualys))).toMatchObject({ code: "MSEM_TIMEOUT" });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it("rides out what passes", async () => {
    graph.faults.add({ when: { path }, effect: { kind: "status", status: 503 }, times: 1 });
    graph.faults.add({ when: { path }, effect: { kind: "dropAfter" }, times: 1 });
    graph.faults.add({ when: { path }, effect: { kind: "truncate" }, times: 1 });
    expect(await client().count(qualys)).toBe(22);
  });

  const column = [{ name: "Count", type: "Int64" }];
  it.each<[string, unknown]>([
    ["no JSON", "<html>"],
    ["another shape", { value: [] }],
    ["no row", { schema: column, results: [] }],
    ["two rows", { schema: column, results: [{ Count: 1 }, { Count: 2 }] }],
    ["two columns", { schema: [...column, { name: "b", type: "String" }], results: [{ Count: 1, b: "x" }] }],
    ["a text", { schema: column, results: [{ Count: canary }] }],
    ["a negative number", { schema: column, results: [{ Count: -1 }] }],
    ["a fraction", { schema: column, results: [{ Count: 1.5 }] }],
    ["another column than it announced", { schema: column, results: [{ Total: 1 }] }],
  ])("whose answer is %s is refused, and nothing of it is shown", async (_what, answer) => {
    graph.store.answerInstead = typeof answer === "string" ? answer : JSON.stringify(answer);
    expect(await failureOf(client({ retry: { attempts: 0 } }).count(qualys))).toMatchObject({ code: "MSEM_PROTOCOL" });
  });

  it("whose answer is nothing counted is nought", async () => {
    graph.store.counts = {};
    expect(await client().count(qualys)).toBe(0);
  });
});

describe("the cloud", () => {
  it("decides the scope of the token", () => {
    expect(graphScope("https://graph.microsoft.com")).toBe("https://graph.microsoft.com/.default");
    expect(graphScope("https://graph.microsoft.us/")).toBe("https://graph.microsoft.us/.default");
    expect(graphScope("http://127.0.0.1:8080")).toBe("https://graph.microsoft.com/.default");
    expect(graphScope("https://constructor")).toBe("https://graph.microsoft.com/.default");
  });

  it("is warned of where Exposure Management is not offered", () => {
    expect(sovereignWarning("https://dod-graph.microsoft.us")).toMatch(/DoD.*not offered there/);
    expect(sovereignWarning("https://graph.microsoft.com")).toBeUndefined();
  });
});
