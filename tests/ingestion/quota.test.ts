import { callsPerMinute, createQuota } from "../../provider/ingestion/quota";

/** A clock that sleeping moves. */
function clock() {
  let time = 0;
  const slept: number[] = [];
  return {
    now: () => time,
    sleep: async (ms: number) => {
      slept.push(ms);
      time += ms;
    },
    move: (ms: number) => {
      time += ms;
    },
    slept,
  };
}

describe("the quota of advanced hunting", () => {
  it("lets 45 calls through at once and the next one after a minute", async () => {
    const time = clock();
    const quota = createQuota(time);
    for (let call = 0; call < callsPerMinute; call += 1) await quota.enter(60_000);
    expect(time.slept).toEqual([]);
    await quota.enter(60_000);
    expect(time.slept).toEqual([60_000]);
  });

  it("never lets more than its number through in any minute", async () => {
    const time = clock();
    const quota = createQuota({ ...time, calls: 3 });
    const at: number[] = [];
    for (let call = 0; call < 12; call += 1) {
      time.move(call * 3_000);
      await quota.enter(60_000);
      at.push(time.now());
    }
    for (const start of at)
      expect(at.filter((one) => one >= start && one < start + 60_000).length).toBeLessThanOrEqual(3);
  });

  it("gives calls that come together different times, and waits only as long as it may", async () => {
    const quota = createQuota({ now: () => 0, sleep: async () => undefined, calls: 1 });
    await quota.enter(0);
    await quota.enter(60_000);
    await expect(quota.enter(119_999)).rejects.toMatchObject({
      code: "MSEM_THROTTLED",
      message: expect.stringMatching(/1 calls a minute.*wait 120 s; the limit is 120 s/),
    });
    await quota.enter(120_000);
  });
});
