import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MsemError } from "../../provider/core/errors";
import { createServiceTagsEmulator } from "../../provider/emulator/index";
import { downloadCenter, file, getScubaRanges } from "../../provider/ranges/index";
import { run, weeklyFile } from "./weekly";

const fixtures = join(__dirname, "../fixtures/servicetags");
const real = join(__dirname, "../../../shared/data/service-tags");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "msem-ranges-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => new Error("was accepted"),
    (reason: unknown) => reason,
  );
  if (error instanceof MsemError && error.code === "MSEM_INVALID") return error.message;
  throw error;
}

describe("the ranges for a program", () => {
  it("are Scuba's, canonical and sorted, whole and by family, with their origin", async () => {
    const ipv4 = ["192.0.2.0/24", "198.51.100.64/27", "198.51.100.128/25", "203.0.113.8/31", "203.0.113.200/32"];
    const ipv6 = ["2001:db8:40::10/124"];
    expect(await getScubaRanges({ source: file(join(fixtures, "weekly.json")) })).toEqual({
      serviceTag: "Scuba",
      cloud: "Public",
      counter: "file",
      changeNumber: 9,
      fileChangeNumber: 412,
      prefixes: [...ipv4, ...ipv6],
      ipv4,
      ipv6,
    });
  });

  it("are those of another tag when one is named", async () => {
    const source = file(join(fixtures, "weekly.json"));
    const ranges = await getScubaRanges({ source, serviceTag: "scubatraining.northeurope" });
    expect([ranges.serviceTag, ...ranges.prefixes]).toEqual(["ScubaTraining.NorthEurope", "203.0.113.0/29"]);
  });

  it("of a single tag object have neither cloud nor file number", async () => {
    const ranges = await getScubaRanges({ source: file(join(fixtures, "tag-only.json")) });
    expect(Object.keys(ranges).sort()).toEqual(["changeNumber", "counter", "ipv4", "ipv6", "prefixes", "serviceTag"]);
    expect(ranges.changeNumber).toBe(10);
  });

  it("come out of a file with byte order mark and CRLF, in UTF-8 and in UTF-16", async () => {
    const text = `\ufeff${readFileSync(join(fixtures, "weekly.json"), "utf8").replaceAll("\n", "\r\n")}`;
    const plain = await getScubaRanges({ source: file(join(fixtures, "weekly.json")) });
    expect(await getScubaRanges({ source: file(written("utf8.json", text)) })).toEqual(plain);
    expect(await getScubaRanges({ source: file(written("utf16.json", Buffer.from(text, "utf16le"))) })).toEqual(plain);
  });

  it("cannot come out of a file that is absent, a folder or binary, and the error names it", async () => {
    const absent = join(folder, "absent.json");
    expect(await refusal(getScubaRanges({ source: file(absent) }))).toBe(
      `MSEM_INVALID ${absent}: there is no such file`,
    );
    expect(await refusal(getScubaRanges({ source: file(folder) }))).toBe(
      `MSEM_INVALID ${folder}: this is a folder, not a file`,
    );
    for (const bytes of [
      [0x50, 0x4b, 3, 4, 0xff, 0xfe],
      [0x7b, 0, 0x7d],
    ]) {
      const binary = written("binary.json", Buffer.from(bytes));
      expect(await refusal(getScubaRanges({ source: file(binary) }))).toBe(
        `MSEM_INVALID ${binary}: this is not a text file`,
      );
    }
  });

  it("come from the download center when no source is named, of the named cloud", async () => {
    const emulator = await createServiceTagsEmulator();
    const before = { ...process.env };
    Object.assign(process.env, { MSEM_DOWNLOAD_CENTER_URL: emulator.url, MSEM_CACHE_DIR: join(folder, "cache") });
    try {
      for (const cloud of ["Public", "China"] as const) {
        const tags = { Scuba: { changeNumber: cloud.length, prefixes: run(2) } };
        emulator.publish(cloud, "2026-11-16", weeklyFile(5, tags, cloud));
      }
      expect(await getScubaRanges()).toMatchObject({ changeNumber: 6, cloud: "Public", fileDate: "2026-11-16" });
      expect(await getScubaRanges({ cloud: "China" })).toMatchObject({ changeNumber: 5, cloud: "China" });
      expect(readdirSync(join(folder, "cache"))).toHaveLength(2);
    } finally {
      process.env = before;
      await emulator.close();
    }
  });

  it("of a file are those of the named cloud", async () => {
    const source = file(join(fixtures, "weekly.json"));
    expect((await getScubaRanges({ source, cloud: "Public" })).changeNumber).toBe(9);
    await expect(getScubaRanges({ source, cloud: "China" })).rejects.toThrow("is of the cloud Public, not China");
  });

  it("are read again when the file was written again", async () => {
    const path = written("again.json", JSON.stringify(weeklyFile(1, { Scuba: { changeNumber: 1, prefixes: run(1) } })));
    expect((await getScubaRanges({ source: file(path) })).changeNumber).toBe(1);
    written("again.json", JSON.stringify(weeklyFile(1, { Scuba: { changeNumber: 12, prefixes: run(2) } })));
    expect((await getScubaRanges({ source: file(path) })).changeNumber).toBe(12);
  });

  it("cannot be asked for with something else than a source, also from plain JavaScript", async () => {
    const wrong: unknown[] = [
      { source: "weekly.json" },
      { source: file("") },
      { source: { kind: "url" } },
      { source: null },
      { source: { kind: "serviceTagApi", subscriptionId: "x" } },
    ];
    for (const options of wrong) {
      expect(await refusal(getScubaRanges(options as never))).toContain("source: must be downloadCenter()");
    }
    const problems = await refusal(
      getScubaRanges({ source: downloadCenter({ cloud: "Mars" as never }), cloud: "China", serviceTag: "" }),
    );
    expect(problems.split("\n").slice(1)).toEqual([
      "  serviceTag: must be the name of a service tag; leave it out for Scuba",
      "  source.cloud: must be one of Public, AzureGovernment, China",
      "  cloud: is China, but the source is of Mars",
    ]);
  });

  if (existsSync(real)) {
    it("of the newest real tag are 232 IPv4 and 28 IPv6 prefixes", async () => {
      const source = file(join(real, "history/2026-05-27_tagonly_scuba31.json"));
      const { changeNumber, prefixes, ipv4, ipv6 } = await getScubaRanges({ source });
      expect([changeNumber, prefixes.length, ipv4.length, ipv6.length]).toEqual([31, 260, 232, 28]);
    });
  } else {
    it("of the real files are not here", () => {
      console.warn("The real service-tag files were not tested: ../shared/data/service-tags is absent.");
      expect(existsSync(real)).toBe(false);
    });
  }
});

describe("loading the module", () => {
  it("loads no schemas, because everybody who imports the package pays for them, and neither they nor HTTP for a file that is as it should be", () => {
    const source = join(__dirname, "../../provider/ranges/index.ts");
    const script = `
      const { transformFileSync } = require("@swc/core");
      require.extensions[".ts"] = (module, path) =>
        module._compile(transformFileSync(path, { jsc: { parser: { syntax: "typescript" }, target: "es2023" },
          module: { type: "commonjs" }, swcrc: false }).code, path);
      const { getScubaRanges, file } = require(${JSON.stringify(source)});
      const loaded = () => ["zod", "axios"].filter((name) =>
        Object.keys(require.cache).some((path) => path.split(/[\\\\/]/).join("/").includes("/node_modules/" + name + "/")));
      const before = loaded();
      getScubaRanges({ source: file(${JSON.stringify(join(fixtures, "weekly.json"))}) })
        .then(() => console.log(JSON.stringify({ before, after: loaded() })));
    `;
    const child = spawnSync(process.execPath, ["-e", script], { cwd: join(__dirname, "../.."), encoding: "utf8" });
    expect(child.stderr).toBe("");
    expect(JSON.parse(child.stdout)).toEqual({ before: [], after: [] });
  });
});
