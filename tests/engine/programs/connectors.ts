/** The program of the engine tests: whatever connectors, look-ups and providers the test asks for. */
import type * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

export interface ProgramArgs {
  readonly connectors: readonly ConnectorSpec[];
  readonly providers?: readonly { readonly name: string; readonly args: msem.ProviderArgs }[];
  readonly health?: readonly HealthSpec[];
}

export interface HealthSpec {
  readonly name: string;
  /** Name of the connector to watch. */
  readonly connector?: string;
  readonly args?: Omit<msem.ConnectorHealthArgs, "connector">;
}

export interface ConnectorSpec {
  readonly className: string;
  readonly name: string;
  readonly args?: object;
  /** Look up by id instead of managing. */
  readonly get?: string;
  /** Name of one of the providers. */
  readonly provider?: string;
  readonly options?: pulumi.CustomResourceOptions;
  /** These arguments come as outputs of another resource that does not exist yet in the first preview. */
  readonly unknown?: readonly string[];
}

type AnyConnector = {
  new (name: string, args: object | undefined, options?: pulumi.CustomResourceOptions): msem.Connector;
  get(name: string, id: string, options?: pulumi.CustomResourceOptions): msem.Connector;
};

export function program({ connectors, providers = [], health = [] }: ProgramArgs): Record<string, unknown> {
  const byName = new Map(providers.map(({ name, args }) => [name, new msem.Provider(name, args)]));
  const classes = msem as unknown as Record<string, AnyConnector>;
  const made: Record<string, msem.Connector> = {};
  let last: msem.Connector | undefined;
  for (const { className, name, args = {}, get, provider, options, unknown = [] } of connectors) {
    const Class = classes[className];
    if (Class === undefined) throw new Error(`no class ${className}`);
    const given = provider === undefined ? options : { ...options, provider: byName.get(provider) };
    const late = Object.fromEntries(
      unknown.map((key) => [key, last?.connectionId.apply(() => (args as Record<string, unknown>)[key])]),
    );
    last = get === undefined ? new Class(name, { ...args, ...late }, given) : Class.get(name, get, given);
    made[name] = last;
  }
  const watched = health.map(({ name, connector, args }) => {
    const one = connector === undefined ? undefined : made[connector];
    return [
      name,
      new msem.ConnectorHealth(name, { ...args, ...(one === undefined ? {} : { connector: one }) }),
    ] as const;
  });
  return {
    ...(watched.length === 0 ? {} : { ingestion: Object.fromEntries(watched.map(([name, one]) => [name, one.state])) }),
    statuses: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.status])),
    ids: Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.id])),
  };
}
