import { join } from "node:path";
import { type RangesFormat, runRanges } from "../../provider/cli/ranges";
import { capture, fixtures } from "./capture";

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
      changeNumber: 10,
      fileChangeNumber: null,
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
