/**
 * `@pulumi/azure-native` for the test of one example, apart from the installation of everybody: 10 MB to load, 135 MB on
 * disk. Only this one package: its SDK is the one that is here already, found in the folders above.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";

/** Both steps took 6 s where this was measured; a slow line may need minutes. */
const limitMs = 300_000;

/**
 * A folder with `node_modules/@pulumi/azure-native` in it, kept below .work for the next run.
 *
 * @throws when it cannot be had, with npm's words and the way out
 */
export function azureNative(): string {
  const manifest = JSON.parse(readFileSync("examples/azure-network/package.json", "utf8")) as {
    dependencies: Record<string, string>;
  };
  const version = manifest.dependencies["@pulumi/azure-native"];
  const folder = resolve(".work", `azure-native-${version}`);
  if (existsSync(folder)) return folder;
  console.log(`Getting @pulumi/azure-native ${version} (10 MB) for the test of examples/azure-network, kept in .work.`);
  mkdirSync(".work", { recursive: true });
  const temporary = mkdtempSync(resolve(".work", "azure-native-"));
  try {
    const [npm, first] = npmCommand();
    run(npm, [...first, "pack", `@pulumi/azure-native@${version}`, "--loglevel=error"], temporary);
    const archive = readdirSync(temporary).find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new Error("npm pack left no archive");
    const target = join("node_modules", "@pulumi", "azure-native");
    mkdirSync(join(temporary, target), { recursive: true });
    run("tar", ["-xzf", archive, "-C", target, "--strip-components=1"], temporary);
    rmSync(join(temporary, archive));
    // Two runs at once: the second one's is as good.
    if (!existsSync(folder)) renameSync(temporary, folder);
    return folder;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, timeout: limitMs, encoding: "utf8" });
  if (status === 0) return;
  const why = error?.message ?? `${stdout}${stderr}`.trim();
  throw new Error(
    `@pulumi/azure-native cannot be had, so examples/azure-network was not tested: ${command} failed: ${why}\n` +
      "The test needs the registry that npm is configured for; everything else does without this package.",
  );
}

/** The npm that started us, else the one on PATH. */
function npmCommand(): [string, string[]] {
  const cli = process.env.npm_execpath ?? "";
  if (basename(cli) === "npm-cli.js" && existsSync(cli)) return [process.execPath, [cli]];
  return [process.platform === "win32" ? "npm.cmd" : "npm", []];
}
