import { wiz } from "./profiles/wiz";
import { describeTarget } from "./suite";

describeTarget(wiz);
