/**
 * `node scripts/bootstrap.mjs TASK [arguments…]`: what `npm run TASK` runs. Gets ready what the task needs, then runs it.
 * It and all it imports use only what Node 20 has, because it runs before anything is installed.
 */
import { bootstrap } from "./setup/bootstrap.mjs";
import { REPOSITORY } from "./setup/paths.mjs";
import { TASKS } from "./setup/tasks.mjs";

const OLDEST_NODE = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  console.error(
    `The set-up needs Node ${OLDEST_NODE} or newer to start; this is ${process.version}. Install a newer one.`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = await bootstrap({ root: REPOSITORY, tasks: TASKS, argv: process.argv.slice(2) });
}
