/**
 * `npm test`: format and lint, types, generated files, then every test. Ends with a plain line of counts, which is also
 * left in .work/test-summary for CI. Arguments are passed on to jest (and then only jest runs).
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const work = ".work";
const modules = "node_modules";

interface Counts {
  passed: number;
  failed: number;
}

const checks: readonly { name: string; command: readonly string[] }[] = [
  {
    name: "format and lint",
    command: [join(modules, "@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings"],
  },
  {
    name: "types of tests, scripts and examples",
    command: [join(modules, "typescript", "bin", "tsc"), "-p", "tsconfig.json"],
  },
  { name: "generated files are current", command: [join("scripts", "generate.ts"), "--check"] },
];

async function main(): Promise<number> {
  mkdirSync(work, { recursive: true });
  // Tests start some thousand processes that load the same modules, and CLIs that live for a second.
  process.env.NODE_COMPILE_CACHE ??= resolve(work, "compile-cache");
  process.env.GOGC ??= "400";
  const jestArguments = process.argv.slice(2);
  const counts: Counts = { passed: 0, failed: 0 };
  const report = join(work, "jest.json");
  rmSync(report, { force: true });
  // Beside the tests: they take one core, and the tests begin with waiting.
  const checking = jestArguments.length === 0 ? runChecks(counts) : Promise.resolve();
  const code = await run(
    [join(modules, "jest", "bin", "jest.js"), "--json", `--outputFile=${report}`, ...jestArguments],
    true,
  );
  await checking;
  const jest = readReport(report);
  counts.passed += jest.passed;
  counts.failed += jest.failed;
  if (code !== 0 && jest.failed === 0) counts.failed += 1;
  const line = `${counts.passed} passed, ${counts.failed} failed`;
  writeFileSync(join(work, "test-summary"), `${line}\n`);
  console.log(line);
  return counts.failed === 0 ? 0 : 1;
}

async function runChecks(counts: Counts): Promise<void> {
  await Promise.all(
    checks.map(async ({ name, command }) => {
      const started = Date.now();
      const ok = (await run(command)) === 0;
      counts[ok ? "passed" : "failed"] += 1;
      console.log(`${ok ? "PASS" : "FAIL"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    }),
  );
}

/** A test file that does not even load counts as a failure: jest reports no failed test for it. */
function readReport(path: string): Counts {
  try {
    const report = JSON.parse(readFileSync(path, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numRuntimeErrorTestSuites: number;
    };
    return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function run(command: readonly string[], quietJson = false): Promise<number> {
  return new Promise((resolve, reject) => {
    // With --json jest writes its report to the file and people's lines to stderr.
    const child = spawn(process.execPath, [...command], {
      stdio: ["ignore", quietJson ? "ignore" : "inherit", "inherit"],
    });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.once("SIGINT", forward);
    process.once("SIGTERM", forward);
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main();
