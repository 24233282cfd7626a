import { tenable } from "./profiles/tenable";
import { describeTarget } from "./suite";

describeTarget(tenable);
