import { MsemError } from "../../provider/core/errors";
import type { IngestionSource } from "../../provider/core/ingestion";
import { type IngestionSubject, verifyIngestion } from "../../provider/ingestion/verify";
import { ingestions } from "../../provider/vendors/ingestions";

const now = () => new Date("2026-11-24T12:00:00Z");

async function verify(subjects: IngestionSubject[], count: (source: IngestionSource) => Promise<number>) {
  const results = [];
  for await (const result of verifyIngestion(subjects, { sources: ingestions, count, now })) results.push(result);
  return results;
}

describe("verifying ingestion", () => {
  it("tells of each connection, and asks for each product once", async () => {
    const asked: string[] = [];
    const results = await verify(
      [
        { name: "cmdb", connectorType: "serviceNow", connectedSince: "2026-11-01T00:00:00Z" },
        { name: "scanner-a", connectorType: "qualys", connectedSince: "2026-11-20T00:00:00Z" },
        { name: "scanner-b", connectorType: "qualys", connectedSince: "2026-11-24T00:00:00Z" },
        { name: "unknown age", connectorType: "qualys" },
        { name: "cloud", connectorType: "wiz" },
      ],
      async ({ type }) => {
        asked.push(type);
        return type === "serviceNow" ? 5 : 0;
      },
    );
    expect(asked).toEqual(["serviceNow", "qualys"]);
    expect(results.map(({ name, state, text }) => `${name} | ${state} | ${text}`)).toEqual([
      "cmdb | flowing | flowing: ServiceNow CMDB assets are in the exposure graph",
      "scanner-a | stalled | stalled: no Qualys asset seen in the exposure graph since 2026-11-20",
      "scanner-b | pending | pending: no Qualys asset seen yet; data may take up to 72 hours",
      "unknown age | stalled | stalled: no Qualys asset seen in the exposure graph",
      "cloud | notVerifiable | not verifiable: Microsoft documents no query that shows its data",
    ]);
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  it("takes a failure for a result, and goes on", async () => {
    const results = await verify(
      [
        { name: "scanner", connectorType: "qualys" },
        { name: "other", connectorType: "tenable" },
      ],
      async ({ type }) => {
        if (type === "qualys") throw new MsemError("MSEM_FORBIDDEN", "may not hunt", { hint: "Ask." });
        return 1;
      },
    );
    expect(results).toEqual([
      {
        name: "scanner",
        connectorType: "qualys",
        state: "failed",
        text: "failed: may not hunt",
        error: { code: "MSEM_FORBIDDEN", message: "MSEM_FORBIDDEN may not hunt\n  Ask." },
      },
      expect.objectContaining({ name: "other", state: "flowing" }),
    ]);
  });

  it("gives each result as soon as it is there", async () => {
    let asked = 0;
    const subjects = ["qualys", "tenable"].map((connectorType) => ({ name: connectorType, connectorType }));
    const count = async () => (asked += 1);
    for await (const { name } of verifyIngestion(subjects, { sources: ingestions, count, now })) {
      expect(asked).toBe(name === "qualys" ? 1 : 2);
    }
  });
});
