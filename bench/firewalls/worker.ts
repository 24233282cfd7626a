/**
 * A fresh process: `worker.ts ours|split FILE VENDOR LIST ANSWER CALLS`. The first call is cold, the later ones are warm.
 * `split` is the lower bound: whoever reads a configuration at least reads the file and looks at each line.
 */
import { readFileSync, writeFileSync } from "node:fs";

const [what, file, vendor, list, answerFile, calls] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
/** So that it ends: 3 s, after which no other call begins. */
const enough = 3_000;

async function contestant(): Promise<{ call: () => unknown; answer: (result: unknown) => readonly string[] }> {
  if (what === "split") {
    return { call: () => readFileSync(file, "utf8").split("\n"), answer: () => [] };
  }
  const { firewalls, ip, membersOf } = await import("./ours.ts");
  type Members = ReturnType<typeof membersOf>;
  return {
    call: () => membersOf(firewalls.readConfig(readFileSync(file, "utf8"), file, vendor).model, list),
    answer: (result) => ip.formatSet((result as Members).sure),
  };
}

const { call, answer } = await contestant();
const started = performance.now();
const times: number[] = [];
let result: unknown;
while (times.length < Number(calls) && (times.length === 0 || performance.now() - started < enough)) {
  const one = performance.now();
  result = call();
  times.push(performance.now() - one);
}
const peakMb = process.resourceUsage().maxRSS / 1024;
writeFileSync(answerFile, JSON.stringify({ times, peakMb, answer: answer(result) }));
