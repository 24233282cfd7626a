/** Has the real command line parse what the docs show, without doing it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/**
 * Runs in a process of its own: the compiled command as it ships, with every action taken out. Reads lists of arguments,
 * prints for each what was said against it.
 */
const parser = `
const { createRequire } = require("node:module");
const main = process.argv[1];
const { Command } = createRequire(main)("commander");
const action = Command.prototype.action;
let reached = false;
Command.prototype.action = function () { return action.call(this, () => { reached = true; }); };
class Exit extends Error {}
process.exit = () => { throw new Exit(); };
process.on("unhandledRejection", (error) => { if (!(error instanceof Exit)) said += String(error); });
let said = "";
// Each load of the command listens to them anew.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
process.stderr.write = (text) => { said += text; return true; };
(async () => {
  const answers = [];
  for (const args of JSON.parse(require("node:fs").readFileSync(0, "utf8"))) {
    [said, reached] = ["", false];
    process.argv = [process.execPath, main, ...args];
    delete require.cache[require.resolve(main)];
    require(main);
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    const help = args.some((arg) => ["--help", "-h", "--version", "-V"].includes(arg));
    answers.push(said.split("\\n")[0] || (reached || help ? null : "is no command that does something"));
  }
  process.exitCode = 0;
  print(JSON.stringify(answers));
})();
`;

/** For each list of arguments what the parser says against it; undefined where it is fine. */
export function parsed(lists: readonly (readonly string[])[], root: string): (string | undefined)[] {
  const main = join(root, "provider/dist/cli/main.js");
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--eval", parser, main], {
    input: JSON.stringify(lists),
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`the command line could not be loaded (npm run build makes it): ${stderr}`);
  return (JSON.parse(stdout) as (string | null)[]).map((said) => said ?? undefined);
}
