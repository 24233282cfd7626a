import path from "node:path";
import { buildPackages, whyBuild } from "./build.mjs";
import { exitCodeOf, onStopSignal, runInFront } from "./foreground.mjs";
import { installPackages, isInstallNeeded } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { pinnedNode, SETUP_ENVIRONMENT, toolFolders, withPathFirst } from "./paths.mjs";
import { obtainPulumiCli } from "./pulumi-cli.mjs";
import { formatDuration, SetupError } from "./run.mjs";
import { usage } from "./tasks.mjs";
import { obtainYamlHost } from "./yaml-host.mjs";

/**
 * @typedef {object} BootstrapOptions
 * @property {string} root Root of the repository.
 * @property {Readonly<Record<string, import("./tasks.mjs").Task>>} tasks
 * @property {readonly string[]} argv The task's name and its arguments.
 * @property {Record<string, string | undefined>} [env] Default: the environment of this process.
 * @property {(line: string) => void} [say] Gets the progress. Default: standard error, so that a task's standard output
 *   stays its own.
 * @property {string} [node] The Node that runs the task. Default: the pinned one.
 */

/**
 * Gets ready whatever a task needs and is not up to date, then runs it on the pinned Node with that Node, the tools of
 * the repository and the Pulumi CLI first on PATH (names of the variables it sets: `SETUP_ENVIRONMENT`).
 *
 * @param {BootstrapOptions} options
 * @returns {Promise<number>} The exit code: the task's own; 1 when the set-up failed; 2 for an unknown task; 128 and the
 *   signal's number when stopped by one.
 */
export async function bootstrap({ root, tasks, argv, env = process.env, say = console.error, node }) {
  const [name = "", ...args] = argv;
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) {
    say(name === "" ? usage(tasks) : `There is no task "${name}".\n${usage(tasks)}`);
    return 2;
  }
  /** @type {NodeJS.Signals | undefined} */
  let stoppedBy;
  const abort = new AbortController();
  const endListening = onStopSignal((signal) => {
    stoppedBy ??= signal;
    abort.abort();
  });
  /** @type {import("./pulumi-cli.mjs").PulumiCli | undefined} */
  let cli;
  const commands = task.commands(root, args);
  const needs = typeof task.needs === "function" ? task.needs(args) : task.needs;
  const total = needs.length + (commands.length > 0 ? 1 : 0);
  try {
    for (const [index, step] of needs.entries()) {
      const progress = createProgress(say, `[${index + 1}/${total}]`);
      const options = { env, log: progress.detail, signal: abort.signal };
      if (step === "install") await install(root, options, progress);
      else if (step === "build") await build(root, options, progress);
      else if (step === "cli") {
        cli = await obtainPulumiCli({ ...options, root });
        progress.ready(`Pulumi CLI ${cli.version} from ${SOURCES[cli.source]}: ${cli.executable}`);
      } else {
        const host = await obtainYamlHost({ ...options, root, beside: cli?.pathEntries });
        if (cli && !cli.pathEntries.includes(host.directory)) cli.pathEntries.push(host.directory);
        progress.ready(`Pulumi's YAML language host from ${SOURCES[host.source]}: ${host.directory}`);
      }
      if (stoppedBy) throw new SetupError("Interrupted.");
    }
  } catch (error) {
    if (stoppedBy) {
      say("Interrupted: the set-up is not complete. Run the same command again to go on.");
      return exitCodeOf(stoppedBy);
    }
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return 1;
  } finally {
    endListening();
  }
  if (commands.length === 0) return 0;
  say(`[${total}/${total}] ${name}`);
  return runCommands(commands, node ?? pinnedNode(root), { cwd: root, env: taskEnvironment(root, env, cli) });
}

const SOURCES = { path: "PATH", cache: "the cache", installer: "the official installer", go: "a Go build" };

/**
 * @param {readonly string[][]} commands
 * @param {string} node
 * @param {{ cwd: string, env: Record<string, string | undefined> }} options
 * @returns {Promise<number>}
 */
async function runCommands(commands, node, options) {
  let result = 0;
  for (const command of commands) {
    const { code, stopped } = await runInFront(node, command, options);
    if (result === 0) result = code;
    if (stopped) break;
  }
  return result;
}

/**
 * @param {string} root
 * @param {Record<string, string | undefined>} env
 * @param {import("./pulumi-cli.mjs").PulumiCli | undefined} cli
 * @returns {Record<string, string | undefined>}
 */
function taskEnvironment(root, env, cli) {
  const withTools = withPathFirst(env, [...toolFolders(root), ...(cli?.pathEntries ?? [])]);
  if (!cli) return withTools;
  return {
    ...withTools,
    [SETUP_ENVIRONMENT.cliDirectory]: cli.directory,
    [SETUP_ENVIRONMENT.cliExecutable]: cli.executable,
    [SETUP_ENVIRONMENT.cliVersion]: cli.version,
  };
}

/** @typedef {{ env: Record<string, string | undefined>, log: (line: string) => void, signal: AbortSignal }} StepOptions */
/** @typedef {ReturnType<typeof createProgress>} Progress */

/**
 * @param {string} root
 * @param {StepOptions} options
 * @param {Progress} progress
 */
async function install(root, options, progress) {
  if (!isInstallNeeded(root)) return progress.ready("npm packages are up to date");
  await exclusively(root, options, async () => {
    if (!isInstallNeeded(root)) return progress.ready("npm packages were installed by another set-up");
    progress.start("installing npm packages (about 1 minute the first time)");
    await installPackages(root, options);
    progress.done();
  });
}

/**
 * @param {string} root
 * @param {StepOptions} options
 * @param {Progress} progress
 */
async function build(root, options, progress) {
  if (!whyBuild(root)) return progress.ready("dist is up to date");
  await exclusively(root, options, async () => {
    const why = whyBuild(root);
    if (!why) return progress.ready("dist was built by another set-up");
    progress.start(`compiling provider/ and policy/ (${why})`);
    await buildPackages(root, options);
    progress.done();
  });
}

/**
 * Two set-ups in one working tree take turns: npm and the compiler both write where the other would read.
 *
 * @param {string} root
 * @param {StepOptions} options
 * @param {() => Promise<void>} work
 */
function exclusively(root, { log, signal }, work) {
  const waiting = (/** @type {{ pid: number }} */ owner) =>
    log(`waiting for another set-up of this folder (process ${owner.pid})`);
  return withLock(path.join(root, ".cache", "setup.lock"), { waiting, signal }, work);
}

/**
 * @param {(line: string) => void} say
 * @param {string} mark
 */
function createProgress(say, mark) {
  let started = Date.now();
  const indent = " ".repeat(mark.length);
  return {
    /** @param {string} line */
    ready: (line) => say(`${mark} ${line}`),
    /** @param {string} line */
    start: (line) => {
      started = Date.now();
      say(`${mark} ${line} …`);
    },
    /** @param {string} line */
    detail: (line) => say(`${indent} ${line}`),
    done: () => say(`${indent} done in ${formatDuration(Date.now() - started)}`),
  };
}
