import type { Plan } from "../core/targets/plan";
import type { TargetDescriptor, TargetSurroundings } from "../core/targets/target";

/** What an allowlist's life needs of its surroundings. */
export interface AllowlistContext extends TargetSurroundings {
  readonly targets: readonly TargetDescriptor[];
  environment(name: string): string | undefined;
  warn(message: string): void;
  /** Asks the service to test a connection from its own addresses: `ok`, or why not. Made when it is needed. */
  readonly testConnection: (id: string) => Promise<string>;
  /** Asked before each write of one run; throws when this plan is not what was agreed to. Default: every plan is. */
  readonly beforeWrite?: (plan: Plan) => Promise<void>;
}
