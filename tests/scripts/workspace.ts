import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repository, temporaryFolder, write } from "./support";

/** Stands for npm: puts the running Node where the package `node` puts its own, and notes each call. */
const FAKE_NPM = `
  const { appendFileSync, mkdirSync, rmSync, symlinkSync } = require("node:fs");
  appendFileSync("npm-calls.log", process.argv.slice(2).join(" ") + "\\n");
  console.error("npm warn EBADENGINE Unsupported engine");
  if (process.env.FAKE_NPM === "fail") { console.error("npm error ERESOLVE could not resolve"); process.exit(1); }
  if (process.env.FAKE_NPM === "hang") { console.log("at work"); setInterval(() => {}, 1000); }
  else if (process.env.FAKE_NPM !== "no binary") {
    const bin = "node_modules/node/bin";
    mkdirSync(bin, { recursive: true });
    const file = bin + (process.platform === "win32" ? "/node.exe" : "/node");
    rmSync(file, { force: true });
    symlinkSync(process.execPath, file);
  }`;

/** A small repository of the test's own, laid out like ours, in which `install` runs a fake npm. */
export function smallRepository() {
  const root = temporaryFolder();
  const devDependencies = { node: process.version.slice(1) };
  write(root, "package.json", JSON.stringify({ private: true, devDependencies }));
  write(root, "package-lock.json", "{}");
  write(root, "provider/package.json", '{ "name": "small", "version": "1.0.0" }');
  write(root, "examples/one/package.json", '{ "name": "one" }');
  const npm = write(root, "tools/npm-cli.js", FAKE_NPM);
  return { root, env: { ...process.env, npm_execpath: npm } };
}

function writeSettings(root: string, folder: string): void {
  const compilerOptions = {
    strict: true,
    target: "es2023",
    lib: ["es2023"],
    module: "nodenext",
    declaration: true,
    incremental: true,
    rootDir: ".",
    outDir: "dist",
    tsBuildInfoFile: `../node_modules/.cache/pulumi-msem/${folder}.tsbuildinfo`,
    types: [],
  };
  write(root, `${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ["**/*.ts"], exclude: ["dist"] }));
}

/** Adds a second package with one source. */
export function addSecondPackage(root: string): void {
  writeSettings(root, "policy");
  write(root, "policy/package.json", '{ "name": "second", "version": "1.0.0" }');
  write(root, "policy/index.ts", "export const rules: string[] = [];\n");
}

/** Adds what the compiler needs: sources, settings, and links to the packages installed here. */
export function addSources(root: string): void {
  writeSettings(root, "provider");
  write(root, "provider/index.ts", 'export { answer } from "./core/answer";\n');
  write(root, "provider/core/answer.ts", "export const answer: number = 42;\n");
  write(root, "provider/cli/main.ts", "#!/usr/bin/env node\nexport {};\n");
  mkdirSync(path.join(root, "node_modules", "node", "bin"), { recursive: true });
  const node = path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  symlinkSync(process.execPath, node);
  symlinkSync(
    path.join(repository, "node_modules", "typescript"),
    path.join(root, "node_modules", "typescript"),
    "junction",
  );
}

/** Writes a file of the small repository. */
export function change(root: string, file: string, content: string): void {
  writeFileSync(path.join(root, file), content);
}
