/** Every product with a pre-flight: one line each, in the order of `preflights`. */
import type { PreflightProfile } from "../profile";
import { armis } from "./armis";
import { crowdStrike } from "./crowdstrike";
import { dragos } from "./dragos";
import { forescout } from "./forescout";
import { qualys } from "./qualys";
import { rapid7 } from "./rapid7";
import { sentinelOne } from "./sentinelone";

export const profiles: readonly PreflightProfile[] = [
  qualys,
  rapid7,
  crowdStrike,
  sentinelOne,
  armis,
  dragos,
  forescout,
];
