/** Every product with a pre-flight: one line each, in the order of `preflights`. */
import type { PreflightProfile } from "../profile";
import { armis } from "./armis";
import { crowdStrike } from "./crowdstrike";
import { dragos } from "./dragos";
import { forescout } from "./forescout";
import { prismaCloud } from "./prismacloud";
import { qualys } from "./qualys";
import { rapid7 } from "./rapid7";
import { sentinelOne } from "./sentinelone";
import { serviceNow } from "./servicenow";
import { tenable } from "./tenable";
import { wiz } from "./wiz";

export const profiles: readonly PreflightProfile[] = [
  serviceNow,
  qualys,
  rapid7,
  tenable,
  wiz,
  prismaCloud,
  crowdStrike,
  sentinelOne,
  armis,
  dragos,
  forescout,
];
