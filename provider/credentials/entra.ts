/** Tokens from Microsoft Entra, by whichever of its ways the machine offers (workload identity, CLI, environment). */
import { DefaultAzureCredential } from "@azure/identity";
import { MsemError } from "../core/errors";

/**
 * @param scope   such as `https://…/.default`
 * @param setting that takes a token instead, for a message
 * @returns a source of tokens; the library caches and renews them.
 */
export function entraToken(scope: string, setting: string): () => Promise<string> {
  const credential = new DefaultAzureCredential();
  return async () => {
    try {
      return (await credential.getToken(scope)).token;
    } catch (error) {
      // The library's message lists the ways that it tried, and no secret; its cause may hold requests.
      const tried = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown error";
      throw new MsemError("MSEM_UNAUTHENTICATED", `no token from Microsoft Entra for scope ${scope}: ${tried}`, {
        hint: `Sign in with \`az login\`, or give the runner a workload identity, or set ${setting}.`,
      });
    }
  };
}
