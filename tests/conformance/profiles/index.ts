/** Every target: one line each. */
import type { TargetProfile } from "../profile";
import { prismaCloud } from "./prismacloud";
import { serviceNow } from "./servicenow";
import { tenable } from "./tenable";
import { wiz } from "./wiz";

export const profiles: readonly TargetProfile[] = [tenable, prismaCloud, serviceNow, wiz];
