/** Every live target of an allowlist: one line each. */
import type { TargetDescriptor } from "../core/targets/target";
import { prismaCloudTarget } from "./prismacloud/allowlist";
import { serviceNowTarget } from "./servicenow/allowlist";
import { tenableTarget } from "./tenable/allowlist";
import { wizTarget } from "./wiz/allowlist";

export const targets: readonly TargetDescriptor[] = [tenableTarget, prismaCloudTarget, serviceNowTarget, wizTarget];
