import path from "node:path";
import { evaluate } from "./support";

describe("the cache folder", () => {
  it.each([
    ["~/.cache on Linux", "linux", {}, "/home/ada/.cache/pulumi-msem"],
    ["$XDG_CACHE_HOME on Linux when it is set", "linux", { XDG_CACHE_HOME: "/var/c" }, "/var/c/pulumi-msem"],
    ["~/.cache when $XDG_CACHE_HOME is relative", "linux", { XDG_CACHE_HOME: "c" }, "/home/ada/.cache/pulumi-msem"],
    ["~/Library/Caches on macOS", "darwin", { XDG_CACHE_HOME: "/x" }, "/home/ada/Library/Caches/pulumi-msem"],
    ["%LOCALAPPDATA% on Windows", "win32", { LOCALAPPDATA: "D:\\Local" }, "D:\\Local\\pulumi-msem"],
  ])("is in %s", async (_, platform, env, expected) => {
    const call = 'setup.userCacheFolder(input.env, input.platform, "/home/ada")';
    expect(await evaluate("paths.mjs", call, { env, platform })).toBe(expected);
  });

  it("is where PULUMI_MSEM_CACHE_DIR says, on every platform", async () => {
    const chosen = path.resolve("somewhere");
    const call = '["linux", "darwin", "win32"].map((platform) => setup.userCacheFolder(input, platform, "/home/ada"))';
    const folders = await evaluate("paths.mjs", call, { PULUMI_MSEM_CACHE_DIR: chosen, XDG_CACHE_HOME: "/var/c" });
    expect(folders).toEqual([chosen, chosen, chosen]);
  });
});

describe("PATH with folders put first", () => {
  it("keeps the rest in order, names each folder once and has one spelling", async () => {
    const env = { Path: ["/a", "/b", "/c"].join(path.delimiter), OTHER: "kept" };
    const result = await evaluate("paths.mjs", 'setup.withPathFirst(input, ["/c", "/n"])', env);
    expect(result).toEqual({ PATH: ["/c", "/n", "/a", "/b"].join(path.delimiter), OTHER: "kept" });
  });

  it("adds no empty folder, which would mean the current one", async () => {
    expect(await evaluate("paths.mjs", 'setup.withPathFirst({}, ["/n"])')).toEqual({ PATH: "/n" });
  });
});

describe("a version that a CLI prints", () => {
  it.each([
    ["v3.259.0", "3.259.0"],
    ["3.259.0\n", "3.259.0"],
    ["v3.260.0-alpha.1+dirty", "3.260.0-alpha.1+dirty"],
    ["warning: a newer one is out\r\nv3.259.1\r\n", "3.259.1"],
    ["pulumi 3.259.0 is great", null],
    ["v3.259", null],
    ["", null],
  ])("%j is read as %j", async (output, expected) => {
    expect(await evaluate("version.mjs", "setup.parseVersion(input)?.text", output)).toBe(expected);
  });

  it("is compared by number, and a prerelease comes before its release", async () => {
    const ascending = ["3.9.10", "3.10.0-rc.1", "3.10.0", "3.10.2", "3.100.1", "4.0.0"];
    const call =
      "input.map((a) => input.map((b) => Number(setup.isAtLeast(setup.parseVersion(a), setup.parseVersion(b)))))";
    const expected = ascending.map((_, row) => ascending.map((__, column) => (row >= column ? 1 : 0)));
    expect(await evaluate("version.mjs", call, ascending)).toEqual(expected);
  });
});
