import { join } from "node:path";
import { type RangesFormat, runRanges } from "../../provider/cli/ranges";
import { createServiceTagsEmulator, type ServiceTagsEmulator } from "../../provider/emulator/index";
import { apiAnswer, run, weeklyFile } from "../ranges/weekly";
import { capture, fixtures, scratch } from "./capture";

function ranges(format: RangesFormat, name = "weekly.json", tag = "scuba") {
  return capture((io) => runRanges({ file: join(fixtures, name), tag, format }, io));
}

describe("msem ranges", () => {
  it("prints a table for a person", async () => {
    expect(await ranges("table")).toEqual({
      code: 0,
      stderr: "",
      stdout: `Scuba change 9, 6 prefixes (5 IPv4, 1 IPv6), Public cloud, weekly file 412

PREFIX               FIRST            LAST             ADDRESSES
192.0.2.0/24         192.0.2.0        192.0.2.255            256
198.51.100.64/27     198.51.100.64    198.51.100.95           32
198.51.100.128/25    198.51.100.128   198.51.100.255         128
203.0.113.8/31       203.0.113.8      203.0.113.9              2
203.0.113.200/32     203.0.113.200    203.0.113.200            1
2001:db8:40::10/124  2001:db8:40::10  2001:db8:40::1f         16
`,
    });
  });

  it("says when a single tag object does not tell where it is from", async () => {
    const { stdout } = await ranges("table", "tag-only.json");
    expect(stdout.split("\n")[0]).toBe(
      "Scuba change 10, 2 prefixes (1 IPv4, 1 IPv6), a single tag, without file number",
    );
  });

  it("prints plain text to paste", async () => {
    expect((await ranges("text", "tag-only.json")).stdout).toBe("192.0.2.0/24\n2001:db8:40::10/124\n");
  });

  it("prints CSV with first and last address, for products that know no prefixes", async () => {
    expect((await ranges("csv", "tag-only.json")).stdout).toBe(
      "prefix,family,first,last,addresses\n" +
        "192.0.2.0/24,ipv4,192.0.2.0,192.0.2.255,256\n" +
        "2001:db8:40::10/124,ipv6,2001:db8:40::10,2001:db8:40::1f,16\n",
    );
  });

  it("prints JSON with the same fields for a weekly file and a single tag", async () => {
    expect(JSON.parse((await ranges("json")).stdout)).toMatchObject({
      schemaVersion: 1,
      tag: "Scuba",
      cloud: "Public",
      changeNumber: 9,
      fileChangeNumber: 412,
      ipv6: ["2001:db8:40::10/124"],
      warnings: [],
    });
    expect(JSON.parse((await ranges("json", "tag-only.json")).stdout)).toEqual({
      schemaVersion: 1,
      tag: "Scuba",
      cloud: null,
      counter: "file",
      changeNumber: 10,
      fileChangeNumber: null,
      fileDate: null,
      source: join(fixtures, "tag-only.json"),
      prefixes: ["192.0.2.0/24", "2001:db8:40::10/124"],
      ipv4: ["192.0.2.0/24"],
      ipv6: ["2001:db8:40::10/124"],
      warnings: [],
    });
  });

  it("notes what is odd on stderr, so that stdout stays clean", async () => {
    const { code, stdout, stderr } = await ranges("text", "weekly.json", "Odd");
    expect([code, stdout]).toEqual([0, "192.0.2.0/25\n203.0.113.1/32\n2001:db8::/64\n"]);
    expect(stderr.split("\n").filter((line) => line.startsWith("note: "))).toHaveLength(3);
  });

  it("counts the addresses of an IPv6 prefix exactly", async () => {
    expect((await ranges("csv", "weekly.json", "Odd")).stdout).toContain(",18446744073709551616\n");
  });

  it("fails with one message on stderr and nothing on stdout", async () => {
    for (const [name, tag, message] of [
      ["page.html", "Scuba", "is a web page (HTML), not JSON"],
      ["weekly.json", "Emptied", "has the service tag Emptied, but it is empty"],
      ["weekly.json", "Broken", "has 3 problems"],
      ["absent.json", "Scuba", "there is no such file"],
    ] as const) {
      const { code, stdout, stderr } = await ranges("text", name, tag);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^error: MSEM_INVALID /);
      expect(stderr).toContain(message);
    }
  });
});

describe("msem ranges from a server", () => {
  let emulator: ServiceTagsEmulator;
  const { folder, remove } = scratch();

  beforeAll(async () => {
    emulator = await createServiceTagsEmulator({ token: "t" });
    emulator.publish("Public", "2026-11-16", weeklyFile(412, { Scuba: { changeNumber: 31, prefixes: run(2) } }));
    emulator.publish("China", "2026-11-16", weeklyFile(7, { Scuba: { changeNumber: 1, prefixes: run(1) } }, "China"));
    emulator.list(apiAnswer(63, { Scuba: { changeNumber: 12, prefixes: run(3) } }));
  });
  afterAll(async () => {
    remove();
    await emulator.close();
  });

  const environment = (name: string) => ({
    MSEM_DOWNLOAD_CENTER_URL: emulator.url,
    MSEM_ARM_URL: emulator.url,
    MSEM_CACHE_DIR: join(folder, name),
    ARM_TOKEN: "t",
  });
  const from = (args: object, name: string) =>
    capture((io) => runRanges({ tag: "Scuba", format: "table", ...args }, io), { env: environment(name) });

  it("takes the newest weekly file when nothing is named, and says on stderr what it waits for", async () => {
    const first = await from({}, "a");
    expect(first.stdout.split("\n")[0]).toBe(
      "Scuba change 31, 2 prefixes (2 IPv4, 0 IPv6), Public cloud, weekly file 412 of 2026-11-16",
    );
    expect(first.stderr).toBe(
      "Looking for the newest file of the Public cloud …\nGetting ServiceTags_Public_20261116.json …\n",
    );
    expect(await from({}, "a")).toEqual({ ...first, stderr: "" });
  });

  it("takes the cloud, the API or the address that is named", async () => {
    expect((await from({ cloud: "China" }, "b")).stdout).toMatch(/^Scuba change 1, 1 prefix .*China cloud/);
    const api = {
      source: "serviceTagApi",
      subscription: "11111111-2222-3333-4444-555555555555",
      location: "westeurope",
    };
    expect((await from({ ...api, tokenVariable: "ARM_TOKEN" }, "c")).stdout).toMatch(
      /^Scuba change 12, 3 prefixes .*Public cloud, Azure API list 63\n/,
    );
    const path = emulator.requests().find((one) => one.path.endsWith("Public_20261116.json"))?.path;
    const { stdout } = await from({ source: `${emulator.url}${path}`, format: "json" }, "d");
    expect(JSON.parse(stdout)).toMatchObject({
      changeNumber: 31,
      fileDate: "2026-11-16",
      source: `${emulator.url}${path}`,
    });
  });

  it("fails with one message and the way out", async () => {
    for (const [args, message] of [
      [{ source: "serviceTagApi" }, "needs --subscription and --location"],
      [{ source: "x.json", file: "y.json" }, "FILE and --source both say"],
      [{ file: join(fixtures, "weekly.json"), cloud: "China" }, "is of the cloud Public, not China"],
      [{ source: `${emulator.url}/none.json` }, "it is not there (404)"],
      [{ cloud: "AzureGovernment" }, "the download page offers no file ServiceTags_AzureGovernment"],
    ] as const) {
      const { code, stdout, stderr } = await from(args, "e");
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(message);
    }
  });
});
