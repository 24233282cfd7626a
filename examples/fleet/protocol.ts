/** What passes between a run and the process of one tenant's operation. */
import type { InFlight } from "./journal.ts";
import type { Tenant } from "./list.ts";

export type Operation = "up" | "preview" | "destroy";

/** Where the stacks are. Backend and login are Pulumi's own (`pulumi login`, `PULUMI_BACKEND_URL`). */
export interface StackSettings {
  readonly project: string;
  /** Of Pulumi Cloud; elsewhere there is none. */
  readonly organization?: string;
  /** For new stacks, such as `azurekeyvault://…`. Pulumi's default for the backend when left out. */
  readonly secretsProvider?: string;
}

export interface EngineRequest {
  readonly operation: Operation;
  readonly tenant: Tenant;
  readonly settings: StackSettings;
  /** For this stack's Pulumi.yaml. */
  readonly folder: string;
  /** Look at the service first. */
  readonly refresh: boolean;
  /** What the journal knows of operations on this stack that never ended. */
  readonly inFlight: readonly InFlight[];
}

export interface EngineResult {
  readonly status: "ok" | "drift" | "refused" | "failed" | "interrupted";
  /** Resources by what was, or in a preview would be, done to them; unchanged ones left out. */
  readonly changes: Readonly<Record<string, number>>;
  /** What differs, or was different, in which resource. */
  readonly differences: readonly string[];
  readonly problems: readonly string[];
  /** Secret ones masked. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly note?: string;
  /** Somebody else holds the stack. */
  readonly locked?: boolean;
}
