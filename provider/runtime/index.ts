/**
 * What every resource's constant `__provider` loads: one handler per class, by the class's name. States hold these
 * names, so a handler is never renamed or dropped, and this module stays CommonJS without top-level await.
 */
import { connectorLifecycle } from "../connections/lifecycle";
import { connectors } from "../vendors";
import { configure, context, environment } from "./context";
import { dynamicProvider } from "./dynamic";
import { warn } from "./engineLog";

const host = { configure, context, environment, warn };

for (const descriptor of connectors) {
  Object.defineProperty(exports, descriptor.className, {
    enumerable: true,
    value: dynamicProvider(descriptor.className, connectorLifecycle(descriptor), host),
  });
}
