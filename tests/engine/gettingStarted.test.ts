/** docs/getting-started.md on the real engine: its program, its allowlist, and what the page says that one sees. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createServiceTagsEmulator, type ServiceTagsEmulator } from "pulumi-msem/emulator";
import * as runtime from "../../provider/runtime";
import type { DynamicProvider } from "../../provider/runtime/dynamic";
import { type Page, readPages } from "../docs/pages.ts";
import { run, weeklyFile } from "../ranges/weekly.ts";
import { canary } from "./classes.ts";
import { expectOk, type Lab, openLab } from "./lab.ts";

jest.setTimeout(120_000);

const page = readPages(resolve(".")).find(({ path }) => path === "docs/getting-started.md") as Page;
const texts = page.blocks.filter(({ language }) => language === "text").map(({ text }) => text);
const program = page.blocks
  .filter(({ language }) => language === "ts")
  .map(({ text }) => text)
  .join("\n\n");

let center: ServiceTagsEmulator;
let folder: string;
let lab: Lab<unknown>;

beforeAll(async () => {
  mkdirSync(".work", { recursive: true });
  folder = mkdtempSync(resolve(".work", "getting-started-"));
  center = await createServiceTagsEmulator();
  center.publish("Public", "2026-11-16", weeklyFile(400, { Scuba: { changeNumber: 31, prefixes: run(3) } }));
  lab = await openLab({
    stack: { program: join(folder, "index.ts") },
    environment: { MSEM_DOWNLOAD_CENTER_URL: center.url, MSEM_CACHE_DIR: join(folder, "cache") },
  });
});

afterAll(async () => {
  await lab.close();
  await center.close();
  rmSync(folder, { recursive: true, force: true });
});

function operate(operation: "up" | "preview", text: string, options = {}) {
  writeFileSync(join(folder, "index.ts"), text);
  return lab.run(operation, {}, options, {
    "msem:endpoint": { value: lab.emulator.url },
    "msem:token": { value: lab.emulator.tokens.securityOperator, secret: true },
    "lab:qualysPassword": { value: `${canary}-anything`, secret: true },
  });
}

/** The engine aligns what it prints, for other neighbours than those of the page. */
const squeezed = (text: string) => text.replaceAll(/ +:/g, ":").replaceAll(/ +/g, " ");

describe("the page for those who start", () => {
  it("connects, renders the list, and shows a change and a drift in the words of the page", async () => {
    const { outputs } = expectOk(await operate("up", program));
    expect(outputs).toMatchObject({
      status: "connected",
      changeNumber: 31,
      paste: expect.stringContaining(run(3)[0] as string),
    });
    expect(lab.emulator.connections().map(({ name }) => name)).toEqual(["scanner"]);

    lab.emulator.edit("scanner", { settings: { apiServer: "qualysapi.qualys.com" } });
    const changed = program.replace('"msem-reader"', '"msem-reader-2"');
    const night = await operate("preview", changed, { refresh: true, diff: true, expectNoChanges: true });
    expect(night.exitCode).toBe(7);
    const shown = texts.flatMap((text) => text.split("\n")).filter((line) => line.includes("~"));
    expect(shown).toHaveLength(4);
    for (const line of shown) expect(squeezed(night.output)).toContain(squeezed(line.trim()));
  });

  it("shows a mistake as it is told", async () => {
    const checked = await (runtime as unknown as Record<string, DynamicProvider>).QualysConnector?.check(
      {},
      { name: "scanner", apiServer: "qualysguard.qualys.eu", username: "msem-reader", password: canary },
    );
    expect(checked?.failures.map(({ reason }) => reason)).toEqual([
      texts.find((text) => text.startsWith("MSEM_INVALID")),
    ]);
  });
});
