/** What passes between a parent and the child process that runs one engine operation. */

/** `taint` marks the URNs in `options.replace` for replacement at the next `up`, as `pulumi state taint`. */
export type Operation = "up" | "preview" | "refresh" | "destroy" | "export" | "taint";

export interface OperationRequest {
  readonly operation: Operation;
  readonly project: string;
  readonly stack: string;
  /** Folder of this stack's Pulumi.yaml and configuration; one for each set of values, kept between operations. */
  readonly projectFolder: string;
  /** Absolute path of a module: its `program` export is called with `programArgs`, or the module itself is the program. */
  readonly program: string;
  readonly programArgs?: unknown;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
  readonly options: OperationOptions;
}

/** Passed on to the engine as they are. */
export interface OperationOptions {
  /** Refresh first, as `--refresh`. */
  readonly refresh?: boolean;
  readonly expectNoChanges?: boolean;
  readonly diff?: boolean;
  readonly continueOnError?: boolean;
  readonly parallel?: number;
  /** URNs, as `--replace`. */
  readonly replace?: readonly string[];
  /** Folders of policy packs, as `--policy-pack`. */
  readonly policyPacks?: readonly string[];
  /** Files with their settings, one for each pack, as `--policy-pack-config`. */
  readonly policyPackConfigs?: readonly string[];
  /** Show the engine's lines while they come. */
  readonly live?: boolean;
  readonly color?: "always" | "never";
}

/** One step of the engine, from its events. */
export interface EngineStep {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** Logical name, the last part of the URN. */
  readonly name: string;
  /** Property paths that differ. */
  readonly diffs: readonly string[];
}

export interface PolicyViolation {
  readonly policy: string;
  readonly level: string;
  readonly urn: string | undefined;
  readonly message: string;
}

export interface OperationResult {
  readonly ok: boolean;
  /** Of the Pulumi CLI. 7 is "changes proposed"; undefined when it did not run. */
  readonly exitCode: number | undefined;
  readonly output: string;
  readonly steps: readonly EngineStep[];
  readonly diagnostics: readonly { severity: string; message: string; urn: string | undefined }[];
  /** What policy packs objected to. */
  readonly violations: readonly PolicyViolation[];
  /** Secret outputs are masked. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Only for `export`. */
  readonly deployment?: unknown;
  readonly error?: string;
}
