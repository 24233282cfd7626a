import { prismaCloud } from "./profiles/prismacloud";
import { describeTarget } from "./suite";

describeTarget(prismaCloud);
