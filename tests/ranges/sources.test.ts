/** Every source against a real server on loopback, honest and not. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MsemError } from "../../provider/core/errors";
import { createServiceTagsEmulator, type ServiceTagsEmulator } from "../../provider/emulator/index";
import { downloadCenter, type RangeSource, serviceTagApi, url } from "../../provider/ranges/index";
import { createResolver, type ResolverSettings, resolveRanges, reuseMs } from "../../provider/ranges/resolve";
import { apiAnswer, run, weeklyFile } from "./weekly";

let emulator: ServiceTagsEmulator;
let folder: string;
let now: number;

beforeEach(async () => {
  emulator = await createServiceTagsEmulator({ token: "arm-token" });
  folder = mkdtempSync(join(tmpdir(), "msem-sources-"));
  now = Date.parse("2026-11-24T12:00:00Z");
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

const cacheFolder = () => join(folder, "cache");

/** A process of its own: a resolver that shares nothing but the disk. */
function resolver(settings: ResolverSettings = {}) {
  return createResolver({
    environment: (name) => ({ MSEM_DOWNLOAD_CENTER_URL: emulator.url, MSEM_ARM_URL: emulator.url })[name],
    now: () => now,
    cacheFolder: cacheFolder(),
    sleep: async () => undefined,
    ...settings,
  });
}

function resolve(source: RangeSource = downloadCenter(), settings: ResolverSettings = {}, serviceTag = "Scuba") {
  return resolveRanges({ source, serviceTag }, resolver(settings));
}

async function refusal(promise: Promise<unknown>): Promise<MsemError> {
  const error = await promise.then(
    () => new Error("was accepted"),
    (reason: unknown) => reason,
  );
  if (error instanceof MsemError) return error;
  throw error;
}

const paths = () => emulator.requests().map(({ path, status }) => `${status} ${path.split("/").pop()}`);

function publishScuba(date: string, changeNumber: number, count: number, cloud: "Public" | "China" = "Public"): void {
  emulator.publish(
    cloud,
    date,
    weeklyFile(400 + changeNumber, { Scuba: { changeNumber, prefixes: run(count) } }, cloud),
  );
}

describe("the download center", () => {
  it("gives the newest of several offered files, with where it is from", async () => {
    publishScuba("2026-11-09", 30, 3);
    publishScuba("2026-11-16", 31, 4);
    publishScuba("2026-11-02", 29, 2);
    expect(await resolve()).toMatchObject({
      changeNumber: 31,
      fileChangeNumber: 431,
      counter: "file",
      provenance: {
        source: "ServiceTags_Public_20261116.json",
        cloud: "Public",
        fileChangeNumber: 431,
        fileDate: "2026-11-16",
      },
    });
    expect(paths()).toEqual(["200 details.aspx", "200 ServiceTags_Public_20261116.json"]);
  });

  it.each(["Public", "AzureGovernment", "China"] as const)("has a page of its own for %s", async (cloud) => {
    for (const one of ["Public", "AzureGovernment", "China"] as const) {
      emulator.publish(
        one,
        "2026-11-16",
        weeklyFile(1, { Scuba: { changeNumber: 1, prefixes: run(one.length) } }, one),
      );
    }
    const ranges = await resolve(downloadCenter({ cloud }));
    expect([ranges.cloud, ranges.prefixes.length]).toEqual([cloud, cloud.length]);
  });

  it("refuses the file of another cloud", async () => {
    emulator.publish("China", "2026-11-16", weeklyFile(1, { Scuba: { changeNumber: 1, prefixes: run(1) } }, "Public"));
    const { code, message } = await refusal(resolve(downloadCenter({ cloud: "China" })));
    expect([code, message]).toEqual(["MSEM_PROTOCOL", expect.stringContaining("is of the cloud Public, not China")]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("finds the link in the page's text when it embeds no data", async () => {
    publishScuba("2026-11-09", 30, 3);
    publishScuba("2026-11-16", 31, 4);
    emulator.behave({ page: "noData" });
    expect((await resolve()).changeNumber).toBe(31);
  });

  it("falls back to the undocumented address when the page is broken, busy, or its link has moved", async () => {
    publishScuba("2026-11-16", 31, 4);
    for (const behaviour of [{ page: "broken" }, { page: "unavailable" }, { file: "moved" }] as const) {
      emulator.behave({ ...behaviour, alias: true });
      const ranges = await resolve(downloadCenter(), { cacheFolder: join(folder, JSON.stringify(behaviour)) });
      expect([ranges.changeNumber, ranges.provenance.source]).toEqual([31, "ServiceTags_Public_Latest.json"]);
    }
  });

  it("says what is wrong with the page or the link when there is no such address either", async () => {
    publishScuba("2026-11-16", 31, 4);
    for (const [behaviour, code, text] of [
      [{ page: "broken" }, "MSEM_PROTOCOL", "the download page offers no file ServiceTags_Public_….json"],
      [{ page: "unavailable" }, "MSEM_UNAVAILABLE", "the server answered (503)"],
      [{ file: "moved" }, "MSEM_NOT_FOUND", "ServiceTags_Public_20261116.json: it is not there (404)"],
    ] as const) {
      emulator.behave(behaviour);
      const error = await refusal(resolve());
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
      expect(error.message).toContain('or save the file yourself and give it: file("ServiceTags_Public_….json")');
    }
  });

  it("reads files with CRLF and with a byte order mark", async () => {
    publishScuba("2026-11-16", 31, 4);
    const plain = await resolve();
    for (const form of ["crlf", "bom"] as const) {
      emulator.behave({ form });
      const again = await resolve(downloadCenter(), { cacheFolder: join(folder, form) });
      expect(again.prefixes).toEqual(plain.prefixes);
      // Also out of the cache.
      expect((await resolve(downloadCenter(), { cacheFolder: join(folder, form) })).prefixes).toEqual(plain.prefixes);
    }
  });

  it("never takes a half file, a page or silence for an answer, nor keeps it", async () => {
    publishScuba("2026-11-16", 31, 400);
    for (const [file, code, text] of [
      ["partial", "MSEM_NETWORK", "the answer broke off before its end"],
      ["html", "MSEM_PROTOCOL", "is a web page (HTML), not JSON"],
      ["silent", "MSEM_TIMEOUT", "no answer within 0.2 s"],
    ] as const) {
      emulator.behave({ file });
      const error = await refusal(resolve(downloadCenter(), { attemptMs: 200, retry: { attempts: 1 } }));
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it("tries again what may pass", async () => {
    publishScuba("2026-11-16", 31, 4);
    emulator.behave({ file: "partial" });
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      emulator.behave({});
    };
    expect((await resolve(downloadCenter(), { sleep })).changeNumber).toBe(31);
    expect(waits).toHaveLength(1);
  });

  it("gives up at its deadline, retries included", async () => {
    publishScuba("2026-11-16", 31, 4);
    emulator.behave({ file: "silent" });
    const started = Date.now();
    const error = await refusal(resolve(downloadCenter(), { now: Date.now, timeoutMs: 300, attemptMs: 100 }));
    expect(error.code).toBe("MSEM_TIMEOUT");
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it("follows five redirects, not six, and none to http elsewhere or to a host that is not Microsoft's", async () => {
    publishScuba("2026-11-16", 31, 4);
    emulator.behave({ redirects: 5 });
    expect((await resolve()).changeNumber).toBe(31);
    for (const [behaviour, text] of [
      [{ redirects: 6 }, "would be number 6; at most 5 are followed"],
      [{ redirectTo: "http://www.microsoft.com/x" }, "the redirect to http://www.microsoft.com/x is not https"],
      [{ redirectTo: "https://example.com/x?sig=1" }, "https://example.com/x is not one of the expected hosts"],
      [{ redirectTo: "ftp://www.microsoft.com/x" }, "is not https"],
      [{ redirectTo: "https://u:p@www.microsoft.com/x" }, "holds a user name or password"],
    ] as const) {
      emulator.behave(behaviour);
      const { code, message } = await refusal(resolve(downloadCenter(), { cacheFolder: join(folder, "none") }));
      expect([code, message]).toEqual(["MSEM_PROTOCOL", expect.stringContaining(text)]);
      expect(message).not.toContain("sig=");
    }
  });

  it("is asked at the address that the source names, before that of the environment", async () => {
    publishScuba("2026-11-16", 31, 4);
    const environment = () => "http://127.0.0.1:1";
    expect((await resolve(downloadCenter({ endpoint: emulator.url }), { environment })).changeNumber).toBe(31);
    const plain = await refusal(resolve(downloadCenter({ endpoint: "http://example.com" })));
    expect([plain.code, plain.message]).toEqual(["MSEM_CONFIGURATION", expect.stringContaining("plain http")]);
  });
});

describe("what was fetched", () => {
  it("is used again for 15 minutes, by another process too, and not a moment longer", async () => {
    publishScuba("2026-11-16", 31, 4);
    await resolve();
    publishScuba("2026-11-23", 32, 5);
    now += reuseMs - 1;
    expect((await resolve()).changeNumber).toBe(31);
    expect(emulator.requests()).toHaveLength(2);
    now += 1;
    expect((await resolve()).changeNumber).toBe(32);
  });

  it("is asked for with its ETag after that, and kept when it is still the newest", async () => {
    publishScuba("2026-11-16", 31, 4);
    const first = await resolve();
    now += reuseMs;
    expect(await resolve()).toEqual(first);
    expect(paths().slice(2)).toEqual(["200 details.aspx", "304 ServiceTags_Public_20261116.json"]);
    // Known to be the newest from then on.
    now += reuseMs - 1;
    await resolve();
    expect(emulator.requests()).toHaveLength(4);
  });

  it("is fetched whole again when the server knows no versions", async () => {
    publishScuba("2026-11-16", 31, 4);
    emulator.behave({ conditional: false });
    await resolve();
    now += reuseMs;
    await resolve();
    expect(emulator.requests().map(({ status, conditional }) => [status, conditional])).toEqual(
      Array(4).fill([200, false]),
    );
  });

  it("is ignored when it was cut, changed, or is not ours", async () => {
    publishScuba("2026-11-16", 31, 4);
    await resolve();
    const [name = ""] = readdirSync(cacheFolder());
    const path = join(cacheFolder(), name);
    const whole = readFileSync(path, "utf8");
    for (const broken of [
      whole.slice(0, -20),
      whole.replace("20.200.0.0/29", "20.200.0.8/29"),
      "{}\n",
      "",
      "null\n{}",
    ]) {
      writeFileSync(path, broken);
      const before = emulator.requests().length;
      expect((await resolve()).prefixes).toHaveLength(4);
      expect(emulator.requests().length).toBe(before + 2);
    }
  });

  it("leaves one file, whole, when many write at once", async () => {
    publishScuba("2026-11-16", 31, 400);
    await Promise.all(Array.from({ length: 8 }, () => resolve()));
    expect(readdirSync(cacheFolder())).toHaveLength(1);
    const before = emulator.requests().length;
    expect((await resolve()).prefixes).toHaveLength(400);
    expect(emulator.requests()).toHaveLength(before);
  });

  it("is not used when the clock was set back before it", async () => {
    publishScuba("2026-11-16", 31, 4);
    await resolve();
    now -= 60_000;
    await resolve();
    expect(emulator.requests()).toHaveLength(4);
  });

  it("is given without the cache, with a warning, when the folder cannot be written", async () => {
    publishScuba("2026-11-16", 31, 4);
    const blocked = join(folder, "blocked");
    writeFileSync(blocked, "a file where the folder should be");
    const warnings: string[] = [];
    const ranges = await resolve(downloadCenter(), { cacheFolder: blocked, warn: (line) => void warnings.push(line) });
    expect(ranges.changeNumber).toBe(31);
    expect(warnings).toEqual([expect.stringMatching(/cannot be kept on disk \(\w+\): set MSEM_CACHE_DIR/)]);
  });

  it("is asked for once by a process, whatever asks; a failure is not remembered", async () => {
    emulator.behave({ page: "unavailable" });
    const one = resolver();
    await refusal(one.document(downloadCenter()));
    emulator.behave({});
    publishScuba("2026-11-16", 31, 4);
    const before = emulator.requests().length;
    await Promise.all([1, 2, 3].map(() => one.document(downloadCenter())));
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await one.document(downloadCenter());
    expect(emulator.requests()).toHaveLength(before + 2);
  });
});

describe("the service-tag API", () => {
  const subscriptionId = "11111111-2222-3333-4444-555555555555";
  const source = serviceTagApi({ subscriptionId, location: "West Europe", token: "arm-token" });
  const tags = {
    A: { changeNumber: 1, prefixes: run(1) },
    B: { changeNumber: 2, prefixes: run(2) },
    Scuba: { changeNumber: 12, prefixes: run(5) },
  };

  it("gives the tag from whichever page it is on, under its own counter", async () => {
    emulator.list(apiAnswer(63, tags));
    for (const pageSize of [1, 2, 3]) {
      emulator.behave({ pageSize });
      const ranges = await resolve(source, { cacheFolder: join(folder, String(pageSize)) });
      expect(ranges).toMatchObject({ counter: "api", changeNumber: 12, fileChangeNumber: 63, cloud: "Public" });
      expect(ranges.prefixes).toHaveLength(5);
    }
    expect(emulator.requests().map(({ path }) => path)).toEqual(
      Array(6).fill(`/subscriptions/${subscriptionId}/providers/Microsoft.Network/locations/westeurope/serviceTags`),
    );
  });

  it("takes the token from where the source says", async () => {
    emulator.list(apiAnswer(63, tags));
    for (const token of [async () => "arm-token", { fromEnvironment: "ARM_TOKEN" }]) {
      const environment = (name: string) => ({ ARM_TOKEN: "arm-token", MSEM_ARM_URL: emulator.url })[name];
      const settings = { environment, cacheFolder: join(folder, typeof token) };
      expect((await resolve({ ...source, token }, settings)).changeNumber).toBe(12);
    }
    const unset = await refusal(resolve({ ...source, token: { fromEnvironment: "NONE" } }));
    expect(unset.message).toContain("the environment variable NONE is not set");
  });

  it("says what it was refused, in the service's words and without the token", async () => {
    emulator.list(apiAnswer(63, tags));
    const wrong = await refusal(resolve({ ...source, token: "canary-token" }));
    expect([wrong.code, wrong.message]).toEqual([
      "MSEM_UNAUTHENTICATED",
      expect.stringContaining("(401): AuthenticationFailed: Authentication failed."),
    ]);
    expect(wrong.message).not.toContain("canary-token");
    emulator.behave({ listStatus: 403 });
    const denied = await refusal(resolve(source));
    expect([denied.code, denied.message]).toEqual(["MSEM_FORBIDDEN", expect.stringContaining("serviceTags/read")]);
  });

  it("sends its token nowhere else, and ends a circle of links", async () => {
    emulator.list(apiAnswer(63, tags));
    emulator.behave({ pageSize: 1, nextLink: "https://example.com/next?$skiptoken=1" });
    const elsewhere = await refusal(resolve(source));
    expect(elsewhere.message).toContain("the link to the next page leads elsewhere (https://example.com/next)");
    const circle = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/locations/westeurope/serviceTags?api-version=2025-05-01`;
    emulator.behave({ pageSize: 1, nextLink: circle });
    expect((await refusal(resolve(source))).message).toContain("its links go in a circle");
  });

  it("reads a hundred pages, not one more", async () => {
    const many = (count: number) =>
      Object.fromEntries(run(count).map((text, at) => [`Tag${at}`, { changeNumber: 1, prefixes: [text] }]));
    emulator.behave({ pageSize: 1 });
    emulator.list(apiAnswer(63, many(101)));
    expect((await refusal(resolve(source))).message).toContain("it has more than 100 pages");
    emulator.list(apiAnswer(63, many(100)));
    expect((await resolve(source, {}, "Tag99")).prefixes).toHaveLength(1);
  });

  it("refuses what cannot be a subscription or a region before it asks anybody", async () => {
    const { code, message } = await refusal(resolve({ ...source, subscriptionId: "../x", location: "we/st" }));
    expect([code, emulator.requests()]).toEqual(["MSEM_INVALID", []]);
    expect(message).toContain("subscriptionId: must be a GUID");
    expect(message).toContain("location: must be the name of a region");
  });

  it("refuses a weekly file and the list of another cloud in place of its answer", async () => {
    emulator.list(weeklyFile(63, tags));
    expect((await refusal(resolve(source))).message).toContain("is a weekly file, not one of the API");
    emulator.list(apiAnswer(63, tags, "China"));
    expect((await refusal(resolve(source))).message).toContain("is of the cloud China, not Public");
  });

  it("may call another cloud by a name that we do not know", async () => {
    emulator.list(apiAnswer(63, tags, "AzureUSGovernment"));
    const gov = await resolve({ ...source, cloud: "AzureGovernment" });
    expect([gov.cloud, gov.changeNumber]).toEqual(["AzureUSGovernment", 12]);
  });
});

describe("an address", () => {
  it("gives a weekly file, and never shows its query string", async () => {
    publishScuba("2026-11-16", 31, 4);
    await resolve();
    const { path } = emulator.requests()[1] ?? { path: "" };
    const ranges = await resolve(url(`${emulator.url}${path}?sig=canary`));
    expect([ranges.changeNumber, ranges.provenance.source]).toEqual([31, `${emulator.url}${path}`]);
    const error = await refusal(resolve(url(`${emulator.url}/none?sig=canary`)));
    expect(error.code).toBe("MSEM_NOT_FOUND");
    expect(error.message).not.toContain("canary");
    for (const name of readdirSync(cacheFolder())) {
      expect(readFileSync(join(cacheFolder(), name), "utf8")).not.toContain("canary");
    }
  });

  it("must be https", async () => {
    for (const address of ["http://example.com/x.json", "ftp://example.com/x"]) {
      const { code, message } = await refusal(resolve(url(address)));
      expect([code, message]).toEqual(["MSEM_CONFIGURATION", expect.stringContaining("is not https")]);
    }
    expect((await refusal(resolve(url("nonsense")))).code).toBe("MSEM_INVALID");
  });

  it("that nobody answers is a network error with the way out", async () => {
    const error = await refusal(resolve(url("http://127.0.0.1:1/x.json"), { retry: { attempts: 0 } }));
    expect([error.code, error.message]).toEqual(["MSEM_NETWORK", expect.stringContaining("HTTPS_PROXY")]);
  });
});
