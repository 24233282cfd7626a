import { homedir } from "node:os";
import { join } from "node:path";
import { defaultCacheFolder } from "../../provider/ranges/cacheFolder";

const folder = (variables: Record<string, string>, platform: NodeJS.Platform) =>
  defaultCacheFolder((name) => variables[name], platform);

describe("the cache folder", () => {
  it("is the one that MSEM_CACHE_DIR names, everywhere", () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      expect(folder({ MSEM_CACHE_DIR: "/here", XDG_CACHE_HOME: "/there", LOCALAPPDATA: "/local" }, platform)).toBe(
        "/here",
      );
    }
  });

  it("is else the user's, as each system has it", () => {
    expect(folder({}, "linux")).toBe(join(homedir(), ".cache", "pulumi-msem"));
    expect(folder({ XDG_CACHE_HOME: "/x" }, "linux")).toBe(join("/x", "pulumi-msem"));
    expect(folder({ XDG_CACHE_HOME: "relative" }, "linux")).toBe(join(homedir(), ".cache", "pulumi-msem"));
    expect(folder({}, "darwin")).toBe(join(homedir(), "Library", "Caches", "pulumi-msem"));
    expect(folder({ LOCALAPPDATA: "/local" }, "win32")).toBe(join("/local", "pulumi-msem", "Cache"));
    expect(folder({ MSEM_CACHE_DIR: "" }, "linux")).toBe(join(homedir(), ".cache", "pulumi-msem"));
  });
});
