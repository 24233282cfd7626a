import { serviceNow } from "./profiles/servicenow";
import { describeTarget } from "./suite";

describeTarget(serviceNow);
