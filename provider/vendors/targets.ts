/** Every live target of an allowlist: one line each. */
import type { TargetDescriptor } from "../core/targets/target";
import { tenableTarget } from "./tenable/allowlist";

export const targets: readonly TargetDescriptor[] = [tenableTarget];
