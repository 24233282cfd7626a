/** The program of the engine test of imports: a provider, and later what `msem import` has written, as it was written. */
import { pathToFileURL } from "node:url";
import * as msem from "pulumi-msem";

export interface ImportedProgram {
  readonly endpoint: string;
  readonly token: string;
  /** Written without a provider: loading it declares its resources. */
  readonly plain?: string;
  /** Written for a provider: exports the function that takes it. */
  readonly withProvider?: string;
  /** A connection that is taken over without an import. */
  readonly adopted?: { readonly name: string; readonly args: msem.QualysConnectorArgs };
}

export async function program({ endpoint, token, plain, withProvider, adopted }: ImportedProgram) {
  const provider = new msem.Provider("tenant", { endpoint, token });
  if (plain !== undefined) await import(pathToFileURL(plain).href);
  if (withProvider !== undefined) {
    const module = (await import(pathToFileURL(withProvider).href)) as { imported(provider: msem.Provider): object };
    module.imported(provider);
  }
  if (adopted !== undefined) new msem.QualysConnector(adopted.name, { ...adopted.args, adopt: true });
  return {};
}
