/** A fresh process: `worker.ts MODULE CASE INPUT ANSWER CALLS`. The first call is cold, the later ones are warm. */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Task } from "./task.ts";

const [module, id, inputFile, answerFile, calls] = process.argv.slice(2) as [string, string, string, string, string];
/** So that a slow peer ends: 1.5 s, after which no other call begins. */
const enough = 1_500;

const { tasks } = (await import(pathToFileURL(module).href)) as { tasks: Readonly<Record<string, Task>> };
const task = tasks[id];
if (task === undefined) throw new Error(`${module} has no task ${id}`);
const input: unknown = JSON.parse(readFileSync(inputFile, "utf8"));
const peak = (): number => process.resourceUsage().maxRSS / 1024;

const before = peak();
const started = performance.now();
const times: number[] = [];
let result: unknown;
let after = before;
while (times.length < Number(calls) && (times.length === 0 || performance.now() - started < enough)) {
  const one = performance.now();
  result = task.run(input);
  times.push(performance.now() - one);
  if (times.length === 1) after = peak();
}
const answer = task.answer(result);
writeFileSync(answerFile, JSON.stringify({ times, memoryMb: after - before, peakMb: after, answer }));
