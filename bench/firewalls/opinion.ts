/**
 * A second opinion: what fwshift, run as a program, takes the members of a list to be, beside what we do. It tells the
 * members in its JSON as names and literals; they are put together here.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { firewalls, ip, membersOf } from "./ours.ts";
import { peerFolder, programOf } from "./peers.ts";

const execute = promisify(execFile);
/** Milliseconds: 5 minutes. */
const timeout = 5 * 60_000;

interface Policy {
  readonly addresses: Readonly<Record<string, { readonly kind: string; readonly value: string }>>;
  readonly address_groups: Readonly<Record<string, { readonly members: readonly string[] }>>;
}

/** What a list holds by fwshift; `unread` are the members that are no addresses. */
export interface Opinion {
  readonly prefixes: readonly string[];
  readonly unread: readonly string[];
}

/** @throws Error with what it said when it refuses the file */
export async function policyOf(file: string, dialect: string, signal: AbortSignal): Promise<Policy> {
  const [program, ...args] = programOf("fwshift") as [string, ...string[]];
  const convert = ["convert", "--from", dialect, "--to", "json", "--quiet", "--report", "/dev/null", file];
  const env = { ...process.env, PYTHONPATH: peerFolder("fwshift") };
  const { stdout } = await execute(program, [...args, ...convert], { env, signal, timeout, maxBuffer: 500_000_000 });
  return JSON.parse(stdout) as Policy;
}

export function opinionOf({ addresses, address_groups: groups }: Policy, list: string): Opinion | undefined {
  if (groups[list] === undefined) return undefined;
  const prefixes: string[] = [];
  const unread: string[] = [];
  const waiting = [list];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const member of groups[name]?.members ?? []) {
      if (groups[member] !== undefined) {
        if (!seen.has(member)) waiting.push(member);
        seen.add(member);
        continue;
      }
      const text = addresses[member]?.value ?? member;
      const read = ip.parseSet([text]);
      if (read.problems.length > 0) unread.push(member);
      else prefixes.push(text);
    }
  }
  return { prefixes, unread };
}

/** Undefined when both have the same addresses; otherwise how fwshift's differ. */
export function differenceOf(ours: readonly string[], { prefixes, unread }: Opinion): string | undefined {
  const [a, b] = [ip.parseSet(ours).set, ip.parseSet(prefixes).set];
  if (ip.equalSets(a, b)) return undefined;
  const [more, fewer] = [ip.difference(b, a), ip.difference(a, b)].map((set) => ip.countAddresses(set));
  const rest = unread.length === 0 ? "" : `; it leaves ${unread.slice(0, 3).join(", ")} open`;
  return `${more} addresses more, ${fewer} fewer than ours${rest}`;
}

/** Differences that were looked into, by format, fixture and list: whose reading the device shares, and why. */
const explained: Readonly<Record<string, string>> = {
  "cisco-asa/edge.cfg SCUBA-SOURCES":
    "`network-object poller-net 255.255.255.192`: the device puts the address of the `name` line there; fwshift drops the member",
};

/** One sentence for each fixture of a format: lists that agree, and every difference with its reason. */
export async function secondOpinion(id: string, dialect: string, signal: AbortSignal): Promise<string[]> {
  const folder = join("tests", "firewalls", id, "fixtures");
  if (!existsSync(folder)) return [];
  const remarks: string[] = [];
  for (const fixture of readdirSync(folder).sort()) {
    const file = join(folder, fixture);
    const { model } = firewalls.readConfig(readFileSync(file, "utf8"), file, id);
    let policy: Policy;
    try {
      policy = await policyOf(file, dialect, signal);
    } catch (error) {
      signal.throwIfAborted();
      const lines = (error instanceof Error ? error.message : String(error)).trim().split("\n");
      remarks.push(`${id}/${fixture}: fwshift does not read it: ${lines.at(-1)}`);
      continue;
    }
    const names = [...new Set(model.sets.map(({ name }) => name))];
    const differing: string[] = [];
    let same = 0;
    for (const name of names) {
      const opinion = opinionOf(policy, name);
      if (opinion === undefined) continue;
      const members = membersOf(model, name);
      const difference = differenceOf(ip.formatSet(members.sure), opinion);
      if (difference === undefined) same++;
      else {
        const reason = explained[`${id}/${fixture} ${name}`] ?? "not explained";
        differing.push(`${name}: ${difference}${members.undecided ? ", and we leave a part open" : ""} (${reason})`);
      }
    }
    const counts = `${same} of ${same + differing.length} lists that both know agree`;
    remarks.push(`${id}/${fixture}: ${[counts, ...differing].join("; ")}`);
  }
  return remarks;
}
