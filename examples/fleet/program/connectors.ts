/** What the list may say of a connector. Another argument in the package's class is a type error here. */
import type * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";
import { z } from "zod";

const text = z.string().min(1).max(2048);

/** The list is no place for a secret: it says where the secret is. */
export const reference = z.union(
  [
    z.strictObject({ fromEnvironment: z.string().regex(/^[A-Za-z_]\w*$/) }),
    z.strictObject({ fromKeyVault: z.url({ protocol: /^https$/ }) }),
  ],
  {
    error:
      "must be { fromEnvironment: NAME } or { fromKeyVault: https://<vault>.vault.azure.net/secrets/<name> }; a secret itself does not belong into this file",
  },
);

const common = {
  name: text.optional(),
  description: text.optional(),
  tags: z.record(text, z.string()).optional(),
  /** Raise it after a rotation. */
  credentialVersion: text.optional(),
  adopt: z.boolean().optional(),
  preflight: z.enum(["require", "warn", "off"]).optional(),
  /** For a program that gives its provider the portal driver. */
  confirmed: z.iso.datetime({ offset: true }).optional(),
} satisfies { readonly [K in keyof msem.ConnectorArgs]-?: z.ZodType<msem.ConnectorArgs[K]> };

type Options = pulumi.CustomResourceOptions;
type OwnArguments<Args> = Omit<Args, keyof msem.ConnectorArgs>;

function kind<const Type extends string, Args extends msem.ConnectorArgs>(
  type: Type,
  Class: new (name: string, args: Args, options?: Options) => msem.Connector,
  fields: { readonly [K in keyof OwnArguments<Args>]-?: z.ZodType<OwnArguments<Args>[K]> },
) {
  return {
    type,
    schema: z.strictObject({ type: z.literal(type), ...common, ...(fields as Record<string, z.ZodType>) }),
    connect: (name: string, args: object, options: Options) => new Class(name, args as Args, options),
  };
}

const kinds = [
  kind("serviceNow", msem.ServiceNowConnector, {
    instance: text,
    authentication: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("basic"), username: text, password: reference }),
      z.strictObject({ kind: z.literal("oauth2"), clientId: text, clientSecret: reference }),
    ]),
  }),
  kind("qualys", msem.QualysConnector, { apiServer: text, username: text, password: reference }),
  kind("rapid7", msem.Rapid7Connector, { endpoint: text, apiKey: reference }),
  kind("tenable", msem.TenableConnector, { accessKey: text, secretKey: reference }),
  kind("wiz", msem.WizConnector, { apiEndpoint: text, clientId: text, clientSecret: reference }),
  kind("prismaCloud", msem.PrismaCloudConnector, { endpoint: text, accessKeyId: text, secretKey: reference }),
  kind("crowdStrike", msem.CrowdStrikeConnector, { baseUrl: text, clientId: text, clientSecret: reference }),
  kind("sentinelOne", msem.SentinelOneConnector, { apiUrl: text, apiToken: reference }),
  kind("armis", msem.ArmisConnector, { hostname: text, clientId: text, clientSecret: reference }),
  kind("dragos", msem.DragosConnector, { hostname: text, apiKey: text, apiSecret: reference }),
  kind("forescout", msem.ForescoutConnector, { endpoint: text, apiKey: reference }),
] as const;

const [first, ...others] = kinds.map(({ schema }) => schema);

/** One connector of a tenant: its `type`, and the arguments of that class. What they may hold, the package judges. */
export const connectorSettings = z.discriminatedUnion("type", [first as NonNullable<typeof first>, ...others], {
  error: `must have a type: ${kinds.map(({ type }) => type).join(", ")}`,
});

export type ConnectorSettings = z.infer<typeof connectorSettings>;

/** Declares one connector. */
export function connect(name: string, { type, ...args }: ConnectorSettings, options: Options): msem.Connector {
  const found = kinds.find((one) => one.type === type);
  if (found === undefined) throw new Error(`no connector of type ${type}`);
  return found.connect(name, args, options);
}
