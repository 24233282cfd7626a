/** Ends processes with all that they started: Pulumi gives each plugin a process group of its own. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Without mercy, the root last, so that it may be this process. */
export function killTree(root: number): void {
  if (process.platform === "win32") {
    try {
      execFileSync("taskkill", ["/pid", String(root), "/t", "/f"], { stdio: "ignore" });
    } catch {
      // Gone already.
    }
    return;
  }
  for (const pid of [...descendantsOf(root), root]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  }
}

function descendantsOf(root: number): readonly number[] {
  const rows = process.platform === "linux" ? processesOfProc() : processesOfPs();
  const found = [root];
  // The list grows while it is walked.
  for (const parent of found) found.push(...rows.filter(({ ppid }) => ppid === parent).map(({ pid }) => pid));
  return found.slice(1);
}

interface Row {
  readonly pid: number;
  readonly ppid: number;
}

/** Small container images have no `ps`. */
function processesOfProc(): readonly Row[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The command before it may hold spaces and parentheses.
        return [{ pid: Number(pid), ppid: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

function processesOfPs(): readonly Row[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, ppid };
  });
}
