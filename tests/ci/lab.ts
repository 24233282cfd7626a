/** A repository as a pipeline checks it out: the script in ci/, a configuration, and stand-ins for what is called. */
import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Checkout {
  readonly folder: string;
  /** What `pulumi` says from now on, and its exit code. */
  pulumi(output: string, code: number): void;
  /** Writes a file of the repository. */
  write(file: string, text: string): void;
  read(file: string): string;
  /** Puts a command on PATH: a module for Node. */
  command(name: string, source: string): void;
  script(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** As a runner does: bash, and the first failing command ends it. */
  shell(source: string, env: Readonly<Record<string, string>>): Promise<Ran>;
  remove(): void;
}

export function checkout(): Checkout {
  mkdirSync(".work", { recursive: true });
  const folder = mkdtempSync(resolve(".work", "checkout-"));
  const bin = join(folder, "bin");
  for (const name of ["bin", "infra", "configs"]) mkdirSync(join(folder, name));
  cpSync(join("examples", "ci"), join(folder, "ci"), { recursive: true });
  // A runner's own variables stay out, also where these tests run on one.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(GITHUB_|TF_BUILD|NODE_OPTIONS)/.test(name));
  const environment = { ...Object.fromEntries(inherited), PATH: `${bin}${delimiter}${process.env.PATH}` };
  const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    new Promise((settle) => {
      execFile(file, args, { cwd: folder, env: { ...environment, ...env } }, (error, stdout, stderr) =>
        settle({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  const command = (name: string, source: string): void => {
    write(join("bin", name), `#!${process.execPath}\n${source}`);
    chmodSync(join(bin, name), 0o755);
  };
  return {
    folder,
    write,
    command,
    read: (file) => readFileSync(join(folder, file), "utf8"),
    pulumi: (output, code) =>
      command("pulumi", `process.stdout.write(${JSON.stringify(output)});\nprocess.exitCode = ${code};\n`),
    script: (args, env) => run(process.execPath, [join("ci", "detect-drift.mjs"), ...args], env),
    shell: (source, env) => run("bash", ["-e", "-o", "pipefail", "-c", source], env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A command `msem` that is the real one, with a list of its own instead of the newest one. */
export function realMsem(lab: Checkout, tags: string): void {
  const msem = JSON.stringify(resolve("provider", "bin", "msem.js"));
  lab.command(
    "msem",
    [
      'import { spawnSync } from "node:child_process";',
      `const args = [${msem}, ...process.argv.slice(2), "--ranges", ${JSON.stringify(join(lab.folder, tags))}];`,
      'process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status;',
      "",
    ].join("\n"),
  );
}

/** An engine's preview in which one connector differs. */
export function proposal(before: string): string {
  return [
    "Previewing update (prod):",
    "  pulumi:pulumi:Stack: (same)",
    "    [urn=urn:pulumi:prod::infra::pulumi:pulumi:Stack::infra-prod]",
    "    ~ pulumi-nodejs:dynamic/msem:QualysConnector: (update)",
    "        [id=4161a38e-9ce7-43f3-940e-b99740d950bc]",
    "        [urn=urn:pulumi:prod::infra::pulumi-nodejs:dynamic/msem:QualysConnector::scanner]",
    `      ~ description: "${before}" => "as declared"`,
    "    ~ azure-native:storage:StorageAccount: (update)",
    "        [urn=urn:pulumi:prod::infra::azure-native:storage:StorageAccount::state]",
    '      ~ connection: "not-marked-as-secret" => "another"',
    "Resources:",
    "    ~ 2 to update",
    "error: no changes were expected for preview but changes were proposed",
    "",
  ].join("\n");
}
