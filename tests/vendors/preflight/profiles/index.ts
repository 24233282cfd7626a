/** Every product with a pre-flight: one line each. */
import type { PreflightProfile } from "../profile";
import { rapid7 } from "./rapid7";

export const profiles: readonly PreflightProfile[] = [rapid7];
