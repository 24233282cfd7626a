/**
 * What every resource's constant `__provider` loads: one handler per class, by the class's name. States hold these
 * names, so a handler is never renamed or dropped, and this module stays CommonJS without top-level await.
 */
import { readState as readAllowlistState } from "../allowlists/inputs";
import { allowlistLifecycle } from "../allowlists/lifecycle";
import { drivenLifecycle } from "../connections/driven";
import { readDrivenState } from "../connections/portal/state";
import { MsemError } from "../core/errors";
import { readServiceTagRanges, serviceTagRangesLifecycle } from "../core/servicetags";
import { firewallLifecycle, readFirewallState } from "../firewalls/lifecycle";
import { readState as readHealthState } from "../ingestion/inputs";
import { healthLifecycle } from "../ingestion/lifecycle";
import { readTextSync } from "../ranges/readText";
import { connectors } from "../vendors";
import { ingestions } from "../vendors/ingestions";
import { targets } from "../vendors/targets";
import { allowlistContext, configure, connectorContext, driver, ingestionContext, surroundings } from "./context";
import { type DynamicProvider, dynamicProvider } from "./dynamic";
import { info, warn } from "./engineLog";

const host = { ...surroundings, configure, warn, info };

function provide(className: string, provider: DynamicProvider): void {
  Object.defineProperty(exports, className, { enumerable: true, value: provider });
}

for (const descriptor of connectors) {
  const { className } = descriptor;
  const resource = {
    lifecycle: drivenLifecycle(descriptor, driver),
    context: connectorContext,
    readState: readDrivenState,
    missing: (id: string) =>
      new MsemError("MSEM_NOT_FOUND", `there is no connection with id "${id}" for ${className}.get`, {
        hint: "List what exists in the portal's catalog of data connectors, or with GET /connections.",
      }),
  };
  provide(className, dynamicProvider(resource, host));
}

provide(
  "IpAllowlist",
  dynamicProvider(
    {
      lifecycle: allowlistLifecycle(targets),
      context: allowlistContext,
      readState: readAllowlistState,
      missing: (id) =>
        new MsemError("MSEM_NOT_FOUND", `IpAllowlist.get cannot look up "${id}": a product's list has no id`, {
          hint: "Declare it: what is there already is kept, and `adopt: true` takes it over.",
        }),
    },
    host,
  ),
);

provide(
  "ServiceTagRanges",
  dynamicProvider(
    {
      lifecycle: serviceTagRangesLifecycle,
      context: () => undefined,
      readState: readServiceTagRanges,
      missing: () =>
        new MsemError("MSEM_NOT_FOUND", "ranges are nowhere but in this stack: there is nothing to look up", {
          hint: "Use new msem.ServiceTagRanges(name), or getScubaRanges().",
        }),
    },
    host,
  ),
);

provide(
  "FirewallAllowlist",
  dynamicProvider(
    {
      lifecycle: firewallLifecycle(readTextSync),
      context: () => undefined,
      readState: readFirewallState,
      missing: () =>
        new MsemError("MSEM_NOT_FOUND", "verdicts are nowhere but in this stack: there is nothing to look up", {
          hint: "Use new msem.FirewallAllowlist(name, { config, ranges }).",
        }),
    },
    host,
  ),
);

provide(
  "ConnectorHealth",
  dynamicProvider(
    {
      lifecycle: healthLifecycle(connectors, ingestions),
      context: ingestionContext,
      readState: readHealthState,
      missing: (id) =>
        new MsemError("MSEM_NOT_FOUND", `ConnectorHealth.get cannot look up "${id}": nothing of it exists remotely`, {
          hint: "Declare it: it looks for the data when it is created.",
        }),
    },
    host,
  ),
);
