/**
 * Runs on the pinned Node, in a process of its own: `node installer-child.mjs probe`, or
 * `node installer-child.mjs install ROOT VERSION REPOSITORY`. Exit code 0 when it worked, else 1 with the reason on
 * standard error. Apart because the SDK can be loaded only after the installation, and because a stalled connection is
 * then ended with its process.
 */
import { createRequire } from "node:module";
import path from "node:path";

/** Where the official installer comes from (source: the SDK's automation/cmd.js). */
const INSTALLER =
  process.platform === "win32" ? "https://get.pulumi.com/install.ps1" : "https://get.pulumi.com/install.sh";
/** The probe gives up after 10 s. The download is not limited here. */
const PROBE_MS = 10_000;

async function probe() {
  const response = await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(PROBE_MS) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
}

/**
 * @param {string} root Folder to install into; the CLI is then in its `bin`.
 * @param {string} version
 * @param {string} repository
 */
async function install(root, version, repository) {
  const fromRepository = createRequire(path.join(repository, "package.json"));
  const sdk = fromRepository.resolve("@pulumi/pulumi/automation");
  const { PulumiCommand } = fromRepository(sdk);
  const { SemVer } = createRequire(sdk)("semver");
  await PulumiCommand.install({ root, version: new SemVer(version) });
}

const [mode, ...args] = process.argv.slice(2);
try {
  if (mode === "probe") await probe();
  else if (mode === "install") await install(args[0] ?? "", args[1] ?? "", args[2] ?? "");
  else throw new Error("expected probe or install");
  process.exit(0);
} catch (error) {
  const failure = /** @type {Error & { cause?: { code?: string } }} */ (error);
  const code = failure.cause?.code;
  console.error(
    failure.name === "TimeoutError" ? "no answer within 10 s" : failure.message + (code ? ` (${code})` : ""),
  );
  // A name look-up that hangs would keep the process alive.
  process.exit(1);
}
