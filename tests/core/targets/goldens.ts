/** Whole plans as readable files: `UPDATE_GOLDENS=1 npm test -- tests/core/targets` writes them anew, for reading. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join("tests", "core", "targets", "goldens");

export function expectGolden(name: string, text: string): void {
  const file = join(folder, `${name}.txt`);
  const written = `${text}\n`;
  if (process.env.UPDATE_GOLDENS === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, written);
  }
  expect(written).toBe(readFileSync(file, "utf8"));
}
