/**
 * Where the suite plays: a product with a list in force, somebody else who edits it, and a count of what is written.
 * The emulator of each target, or a real tenant of one's own.
 */
import { openAccount } from "../../provider/allowlists/account";
import type { AllowlistContext } from "../../provider/allowlists/context";
import type { AllowlistInputs } from "../../provider/allowlists/inputs";
import { addressSet, type Family, intersection, isEmpty, parsePrefix, toInterval } from "../../provider/core/ip/index";
import { type ObservedAllowlist, toBlock } from "../../provider/core/targets/entries";
import type { Plan } from "../../provider/core/targets/plan";
import type { TargetDescriptor, TargetSession } from "../../provider/core/targets/target";
import { type ManualClock, manualClock } from "../../provider/emulator/clock";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/vendor";
import { canary, type TargetProfile } from "./profile";

export interface Stage {
  readonly descriptor: TargetDescriptor;
  /** The `target` argument. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly callerPrefixes: readonly string[];
  readonly context: AllowlistContext;
  /** Everything that was said: warnings, and errors that a test hands in. */
  readonly said: string[];
  /** Canonical texts of what lets somebody in now, sorted as texts. */
  admitted(): Promise<readonly string[]>;
  addForeign(block: string): Promise<void>;
  /** Somebody else removes an entry. */
  remove(block: string): Promise<void>;
  /** Writes so far. */
  writes(): number;
  observed(): Promise<ObservedAllowlist>;
}

export interface EmulatedStage extends Stage {
  readonly profile: TargetProfile;
  readonly vendor: RunningVendor<object>;
  readonly clock: ManualClock;
  /** Back to a list in force with the caller in it, or to one that restricts nobody. */
  reset(start?: "restrict" | "unrestrict"): void;
  /** What was wrong after some request since the reset: a list emptied, an entry of others or the caller lost. */
  readonly violations: string[];
  /** Milliseconds that the client waits for an answer; without one the ordinary many. */
  patience(ms?: number): void;
  /** Called after each request, with how many there were since the reset. */
  onRequest: (count: number) => void;
  /** Texts that must stay: of others, and what lets the caller in. */
  guard(texts: readonly string[]): void;
  close(): Promise<void>;
}

/** A busy machine must not look like a slow product. Other waits cost no time: the clock of both sides jumps on. */
const ampleMs = 10_000;

export async function emulatedStage(
  profile: TargetProfile,
  change: (descriptor: TargetDescriptor) => TargetDescriptor = (descriptor) => descriptor,
): Promise<EmulatedStage> {
  const clock = manualClock();
  const said: string[] = [];
  const violations: string[] = [];
  let guarded: readonly string[] = [];
  const vendor: RunningVendor<object> = await createVendorEmulator(profile.emulator, {
    clock,
    seed: profile.restrict,
    log: (line) => {
      said.push(line);
      stage.onRequest(vendor.requests().length + 1);
      const there = profile.admitted(vendor.store);
      const lost = guarded.filter((text) => !there.includes(text));
      if (lost.length > 0) violations.push(`${line.replace(/ \S+$/, "")}: lost ${lost.join(", ")}`);
      if (guarded.length > 0 && there.length === 0) violations.push(`${line.replace(/ \S+$/, "")}: emptied`);
    },
  });
  const descriptor = change(profile.descriptor);
  let requestTimeoutMs = ampleMs;
  const context: AllowlistContext = {
    targets: [descriptor],
    now: () => clock.now().getTime(),
    sleep: async (ms) => clock.advance(ms),
    get requestTimeoutMs() {
      return requestTimeoutMs;
    },
    environment: () => undefined,
    warn: (message) => void said.push(message),
    testConnection: async () => "ok",
  };
  const target = profile.target(vendor.url);
  const stage: EmulatedStage = {
    profile,
    descriptor,
    vendor,
    clock,
    target,
    said,
    violations,
    context,
    callerPrefixes: [profile.caller],
    admitted: async () => profile.admitted(vendor.store),
    addForeign: async (block) => profile.addForeign(vendor.store, block),
    remove: async (block) => profile.remove(vendor.store, block),
    writes: () => vendor.requests().filter(({ method, path }) => profile.writes(method, path)).length,
    observed: () => sessionOf(target, { ...context, targets: [profile.descriptor] }, "somebody").read(),
    reset: (start = "restrict") => {
      vendor.reset();
      profile[start](vendor.store);
      guarded = [];
      violations.length = 0;
    },
    guard: (texts) => {
      guarded = texts;
    },
    close: async () => {
      await vendor.close();
      const leaks = said.filter((line) => line.includes(canary));
      if (leaks.length > 0) throw new Error(`a secret stands in: ${leaks[0]}`);
    },
    onRequest: () => undefined,
    patience: (ms = ampleMs) => {
      requestTimeoutMs = ms;
    },
  };
  return stage;
}

/** A list opened under somebody's name, past plan and guards. */
function sessionOf(target: object, context: AllowlistContext, name: string): TargetSession {
  const owner = { project: "conformance", stack: "others", name };
  return openAccount({ target, owner } as unknown as AllowlistInputs, context).session;
}

export interface LiveSettings {
  readonly descriptor: TargetDescriptor;
  readonly target: Readonly<Record<string, unknown>>;
  readonly callerPrefixes: readonly string[];
}

/** A real tenant. Its entries are read and kept; others' edits are made through the same API under another name. */
export function liveStage({ descriptor, target, callerPrefixes }: LiveSettings): Stage {
  let written = 0;
  const counted: TargetDescriptor = {
    ...descriptor,
    open: (account, surroundings) => {
      const session = descriptor.open(account, surroundings);
      return {
        read: () => session.read(),
        write: (plan, observed) => {
          written++;
          return session.write(plan, observed);
        },
      };
    },
  };
  const context: AllowlistContext = {
    targets: [counted],
    now: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    environment: (name) => process.env[name],
    warn: (message) => void said.push(message),
    testConnection: async () => "ok",
  };
  const said: string[] = [];
  const others = () => sessionOf(target, { ...context, targets: [descriptor] }, "somebody");
  const write = async (changes: Plan["changes"], observed: ObservedAllowlist): Promise<void> => {
    await others().write({ changes, skipped: [], warnings: [], refusals: [], owned: [] }, observed);
  };
  return {
    descriptor: counted,
    target,
    callerPrefixes,
    context,
    said,
    writes: () => written,
    observed: () => others().read(),
    admitted: async () => {
      const { entries } = await others().read();
      return entries
        .flatMap(({ block, inactive }) => (block === undefined || inactive === true ? [] : [block.text]))
        .sort();
    },
    addForeign: async (text) => {
      const parsed = parsePrefix(text);
      if (!parsed.ok) throw new Error(parsed.problem.message);
      const name = descriptor.listName?.("pulumi-msem conformance/others/somebody", 1);
      const observed = await others().read();
      const id = observed.lists?.find((list) => list.name === name)?.id;
      const list = name === undefined ? {} : { list: { name, ...(id === undefined ? {} : { id }) } };
      await write([{ verb: "add", block: toBlock(toInterval(parsed.value)), why: "a test", ...list }], observed);
    },
    remove: async (text) => {
      const observed = await others().read();
      const entry = observed.entries.find(({ block }) => block?.text === text);
      if (entry?.block === undefined) throw new Error(`there is no ${text}`);
      await write([{ verb: "remove", block: entry.block, why: "a test", entry, ours: true }], observed);
    },
  };
}

/** Whether the caller's family is restricted: only there can it be shut out. */
export function restrictsCaller({ enforced }: ObservedAllowlist, callerPrefixes: readonly string[]): boolean {
  return callerPrefixes.some((text) => enforced[familyOf(text)]);
}

export function familyOf(text: string): Family {
  return text.includes(":") ? "ipv6" : "ipv4";
}

/** Whether two prefixes have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => {
    const parsed = parsePrefix(text);
    return addressSet(parsed.ok ? [parsed.value] : []);
  });
  return x !== undefined && y !== undefined && !isEmpty(intersection(x, y));
}
