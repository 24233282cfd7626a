/**
 * fwshift, run as a program: what it takes the members of a list to be. It tells the members in its JSON as names and
 * literals; they are put together here.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ip } from "../firewalls/ours.ts";
import { peerFolder, programOf } from "../firewalls/peers.ts";

const execute = promisify(execFile);
/** Milliseconds: 5 minutes. */
const timeout = 5 * 60_000;

export interface Rule {
  readonly sources: readonly string[];
  readonly services: readonly string[];
  readonly negate_source: boolean;
  /** What it could not read of the rule, as sentences. */
  readonly unsupported: readonly string[];
  /** What the vendor calls the rule, by keys like `azure.nsg`. */
  readonly source_ids: Readonly<Record<string, string>>;
}

interface Group {
  readonly members: readonly string[];
  /** What it could not read of the group, as a sentence; empty when it read all. */
  readonly unsupported: string;
  /** A condition that decides about the members; empty when they are listed. */
  readonly dynamic_filter: string;
}

export interface Policy {
  readonly addresses: Readonly<Record<string, { readonly kind: string; readonly value: string }>>;
  readonly address_groups: Readonly<Record<string, Group>>;
  readonly rules: readonly Rule[];
}

/** One reading of a file. */
export interface Reading {
  /** The VDOM, virtual system, device group, layer or network that it is of. Absent: the file is read as a whole. */
  readonly part?: string;
  readonly policy: Policy;
}

/** What a list holds by fwshift. */
export interface Opinion {
  readonly prefixes: readonly string[];
  /** What it says itself that it leaves open, or knows by name only. */
  readonly open: readonly string[];
}

/** fwshift does not read the file; the message is its own. */
export class Refusal extends Error {}

/** One reading, or, where a file has several parts and fwshift asks for one, a reading of each. @throws Refusal */
export async function readingsOf(file: string, dialect: string, signal: AbortSignal): Promise<readonly Reading[]> {
  try {
    return [{ policy: await policyOf(file, dialect, signal) }];
  } catch (error) {
    const choice = error instanceof Refusal ? choiceIn(error.message) : undefined;
    if (choice === undefined) throw error;
    const readings: Reading[] = [];
    for (const part of choice.parts) {
      readings.push({ part, policy: await policyOf(file, dialect, signal, [choice.option, part]) });
    }
    return readings;
  }
}

/** @throws Refusal with what it said when it does not read the file */
export async function policyOf(
  file: string,
  dialect: string,
  signal: AbortSignal,
  options: readonly string[] = [],
): Promise<Policy> {
  const [program, ...args] = programOf("fwshift") as [string, ...string[]];
  const convert = ["convert", "--from", dialect, "--to", "json", "--quiet", "--report", "/dev/null", ...options, file];
  const env = { ...process.env, PYTHONPATH: peerFolder("fwshift") };
  try {
    const { stdout } = await execute(program, [...args, ...convert], { env, signal, timeout, maxBuffer: 500_000_000 });
    return JSON.parse(stdout) as Policy;
  } catch (error) {
    signal.throwIfAborted();
    const said = /^fwshift: error: (.*)$/m.exec((error as { stderr?: string }).stderr ?? "")?.[1];
    throw said === undefined ? error : new Refusal(said);
  }
}

/** In its words: `choose one with --vdom: dmz, root`, `of several networks (edge, lab): name the one … with --policy`. */
function choiceIn(message: string): { readonly option: string; readonly parts: readonly string[] } | undefined {
  const [, option, after] = /choose one with (--[a-z-]+): (.+)$/.exec(message) ?? [];
  if (option !== undefined && after !== undefined) return { option, parts: after.split(", ") };
  const [, within, name] = /\(([^()]+)\): name the one to read with (--[a-z-]+)$/.exec(message) ?? [];
  return within === undefined || name === undefined ? undefined : { option: name, parts: within.split(", ") };
}

/** It tells some addresses with their host bits, as the device clears them. */
const read = (texts: readonly string[]) => ip.parseSet(texts, { hostBits: "clear" });

/** The members of a group or of an address object; undefined when there is none of this name. */
export function opinionOf(policy: Policy, list: string): Opinion | undefined {
  const known = policy.address_groups[list] !== undefined || policy.addresses[list] !== undefined;
  return known ? opinionOn(policy, [list]) : undefined;
}

/** What names and literals come to together. */
export function opinionOn({ addresses, address_groups: groups }: Policy, members: readonly string[]): Opinion {
  const prefixes: string[] = [];
  const open: string[] = [];
  const waiting = [...members];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const group = groups[name];
    if (group === undefined) {
      const text = addresses[name]?.value ?? name;
      if (text === "any") prefixes.push("0.0.0.0/0", "::/0");
      else if (read([text]).problems.length > 0) open.push(name);
      else prefixes.push(text);
      continue;
    }
    if (group.unsupported !== "") open.push(`${name}: ${group.unsupported}`);
    if (group.dynamic_filter !== "") open.push(`${name}: by condition`);
    for (const member of group.members) {
      if (!seen.has(member)) waiting.push(member);
      seen.add(member);
    }
  }
  return { prefixes, open };
}

/** How fwshift's addresses differ from ours; undefined when they are the same. */
export interface Difference {
  /** Addresses that only fwshift has. */
  readonly more: bigint;
  /** Addresses that only we have. */
  readonly fewer: bigint;
}

export function differenceOf(ours: readonly string[], { prefixes }: Opinion): Difference | undefined {
  const [a, b] = [ip.parseSet(ours).set, read(prefixes).set];
  if (ip.equalSets(a, b)) return undefined;
  return { more: ip.countAddresses(ip.difference(b, a)), fewer: ip.countAddresses(ip.difference(a, b)) };
}

/** Blocks of IPv6 hold more addresses than anybody reads. */
const shortly = (count: bigint): string => (count < 1_000_000_000_000n ? `${count}` : Number(count).toExponential(2));

/** `64 fewer`: what fwshift has beside ours. */
export function describeDifference({ more, fewer }: Difference): string {
  const parts = [more > 0n ? `${shortly(more)} more` : "", fewer > 0n ? `${shortly(fewer)} fewer` : ""];
  return parts.filter((part) => part !== "").join(", ");
}
