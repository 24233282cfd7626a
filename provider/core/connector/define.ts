/**
 * The shape of a connector: data that the class, its docs page, the catalog, the emulator's validation and the
 * lifecycle are all made from. Pure: zod schemas and words, no I/O.
 */
import { z } from "zod";

/** How a field's text is to be read; shown in the catalog and the docs. */
export type FieldFormat = "hostname" | "url" | "text";

/** One field of a connector's pane. */
export interface Field {
  /** The label of the field in the product's or Microsoft's pane. */
  readonly displayName: string;
  /** One sentence for TSDoc, docs and catalog: what goes in here, where to find it. */
  readonly description: string;
  readonly format: FieldFormat;
  /** Write-only: never returned by the service, always secret in Pulumi. */
  readonly secret: boolean;
  /** What cannot work is an error. A message never quotes the value of a secret field. */
  readonly schema: z.ZodType<string>;
  /** What is only unusual is a warning. Gets a value that passed `schema`; never quotes the value of a secret field. */
  readonly warn?: (value: string) => string | undefined;
  /** A plausible, invented value for docs and examples. */
  readonly example: string;
}

/** A field that may be shown. */
export function field(options: Omit<Field, "secret">): Field {
  return { ...options, secret: false };
}

/** A field that is never shown. Any non-empty text passes, unless `schema` narrows it. */
export function secret(options: Omit<Field, "secret" | "schema" | "format"> & { schema?: z.ZodType<string> }): Field {
  return { schema: secretText(), format: "text", ...options, secret: true };
}

/** Text that is not empty and has no white space around it: pasted credentials often drag a line break along. */
export function requiredText(): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    if (value === "") context.addIssue({ code: "custom", message: "must not be empty" });
    else if (value !== value.trim()) {
      context.addIssue({ code: "custom", message: "has white space at its start or end; remove it" });
    }
  });
}

function secretText(): z.ZodType<string> {
  return requiredText();
}

/** One way to sign in at the product. */
export interface Authentication {
  /** The contract's name of it: `basic`, `oauth2`, `apiKey`, … */
  readonly kind: string;
  readonly displayName: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** The name of the field that may be shown and tells one credential from another; none where all is secret. */
  readonly identifier?: string;
}

/** An error class that the product's connector page documents, with the way out. */
export interface Trouble {
  /** What the service or the product reports: `401`, `Unauthorized`, `409 (1965)`, … */
  readonly symptom: string;
  readonly meaning: string;
  readonly remedy: string;
}

/** Where a person connects it by hand, in the words of Microsoft's page. */
export interface PortalEntry {
  /** `exposureManagement`: the data connectors of Exposure Management; `unified`: the catalog for all of Defender. */
  readonly page: "exposureManagement" | "unified";
  /** Name of the tile, or of the entry in the catalog. */
  readonly entry: string;
}

/** Where in the product line a connector belongs; shown in the catalog. */
export type Category =
  | "Configuration management"
  | "Vulnerability management"
  | "Cloud security"
  | "Endpoint security"
  | "Operational technology";

/** How a product is reached: what a connector and an allowlist target have in common. */
export interface ProductAccess {
  /** Settings by argument name. */
  readonly settings: Readonly<Record<string, Field>>;
  /** Values of settings that may be left out. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** One way: its fields are arguments. Several: they form the union argument `authentication`. */
  readonly authentication: readonly [Authentication, ...Authentication[]];
}

/** One connector, whole. */
export interface ConnectorDescriptor extends ProductAccess {
  /** `connectorType` of the Connection API. Never changes: it is in state and on the service. */
  readonly type: string;
  /** Name of the Pulumi class and of its handler in the runtime. Never changes: it is in state. */
  readonly className: string;
  readonly displayName: string;
  readonly vendor: string;
  readonly category: Category;
  /** What the public pages say of it. */
  readonly availability: "preview" | "documented";
  readonly portal: PortalEntry;
  /** Roles and rights that must exist at the vendor before connecting. */
  readonly prerequisites: readonly string[];
  readonly troubles: readonly Trouble[];
  readonly documentationUrl: string;
  /** Where the facts come from. */
  readonly source: string;
  /** Remarks on a whole set of inputs that are worth a warning whatever the values are. */
  readonly remarks?: readonly string[];
}

/** Checks the descriptor at load, so that a mistake in a vendor's table is found by any test that loads it. */
export function defineConnector(descriptor: ConnectorDescriptor): ConnectorDescriptor {
  for (const way of descriptor.authentication) {
    if (way.identifier === undefined) continue;
    const identifier = way.fields[way.identifier];
    if (identifier === undefined || identifier.secret) {
      throw new Error(
        `${descriptor.className}: the identifier of ${way.kind} must be one of its fields that may be shown`,
      );
    }
  }
  return descriptor;
}

/** True when the arguments hold a discriminated union `authentication` instead of flat credential fields. */
export function hasAuthenticationUnion(access: ProductAccess): boolean {
  return access.authentication.length > 1;
}
