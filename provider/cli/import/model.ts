/** What an import is made of. */
import type { Code } from "./code";

/** How a program gets the credentials that no service tells. */
export const credentialForms = ["config", "fromEnvironment"] as const;
export type CredentialForm = (typeof credentialForms)[number];

/** A resource to import, as the import file and the program declare it. */
export interface Found {
  readonly className: string;
  /** In the program. */
  readonly identifier: string;
  readonly logicalName: string;
  readonly id: string;
  readonly args: Code;
  /** Without credentials by value, which would stand in the clear in the file and then in state. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly needs: readonly Need[];
  /** For the report: `connected`, `250 of 260 prefixes present, 3 entries of others`. */
  readonly note: string;
  /** The preview will show more than credentials: a connection that does not work, prefixes that are missing. */
  readonly attention: boolean;
}

/** What has to be there before the program runs. */
export type Need =
  | { readonly kind: "secret" | "setting"; readonly configKey: string }
  | { readonly kind: "environment"; readonly variable: string };

/** Something that exists and is not imported. */
export interface Skipped {
  readonly name: string;
  /** `connectorType` of a connection, kind of a list. */
  readonly kind: string;
  readonly reason: string;
  /** Somebody should look at it; not so for what is in the stack already. */
  readonly attention: boolean;
}

export interface Sorted {
  readonly found: readonly Found[];
  readonly skipped: readonly Skipped[];
}
