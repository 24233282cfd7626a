/** A program as a pipeline checks it every night: a guarded list, a connector that depends on it, a judged firewall. */
import { type FirewallProgramArgs, program as firewalls } from "./firewalls.ts";
import { type RangesProgram, program as ranges } from "./ranges.ts";

export interface NightlyProgram {
  readonly ranges: RangesProgram;
  readonly firewalls: FirewallProgramArgs;
}

export function program(args: NightlyProgram): Record<string, unknown> {
  return { ...ranges(args.ranges), ...firewalls(args.firewalls) };
}
