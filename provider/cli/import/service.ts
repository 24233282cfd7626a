/** The tenant's service, by the environment and by what the stack's configuration says in the clear. */
import { createConnectionsClient } from "../../connections/client";
import type { ConnectionsClient } from "../../connections/model";
import type { ResolveReference } from "../../core/connector/inputs";
import { MsemError } from "../../core/errors";
import { fileTrouble } from "../../credentials";
import { readTokenText, type TokenCredential, tokenSource } from "../../credentials/tokens";
import type { CommandIo } from "../output";
import type { Home } from "./stack";

/** @throws MSEM_CONFIGURATION, once, with every way to give what is missing */
export function connectService(
  { env }: CommandIo,
  home: Pick<Home, "setting" | "stack">,
  resolve: ResolveReference,
): ConnectionsClient {
  const problems: string[] = [];
  const setting = (variable: string, key: string): string | undefined => {
    const held = env[variable];
    if (held !== undefined && held !== "") return held;
    const configured = home.setting(key);
    return configured === undefined || configured === "secret" ? undefined : configured.value;
  };
  const endpoint = setting("MSEM_ENDPOINT", "msem:endpoint");
  if (endpoint === undefined) {
    problems.push("endpoint: none in the environment variable MSEM_ENDPOINT or the stack's msem:endpoint");
  }
  const surroundings = { environment: (name: string) => env[name], now: () => new Date(), fileTrouble };
  const token = setting("MSEM_TOKEN", "msem:token");
  const scope = setting("MSEM_SCOPE", "msem:scope");
  const encrypted = home.setting("msem:token") === "secret";
  let credential: TokenCredential | undefined;
  if (token !== undefined) credential = readTokenText("token", token, surroundings, problems);
  else if (scope !== undefined && (!encrypted || env.MSEM_SCOPE !== undefined)) {
    credential = { kind: "entra", scope, setting: "MSEM_TOKEN" };
  } else {
    const why = encrypted
      ? `msem:token of stack ${home.stack} is encrypted, and is not decrypted for this; set MSEM_TOKEN`
      : "set MSEM_TOKEN, or MSEM_SCOPE for Microsoft Entra";
    problems.push(`credential: ${why}`);
  }
  if (endpoint === undefined || credential === undefined || problems.length > 0) {
    const lines = problems.map((one) => `\n  ${one}`).join("");
    throw new MsemError("MSEM_CONFIGURATION", `the tenant's connections cannot be listed${lines}`);
  }
  return createConnectionsClient({ endpoint, token: tokenSource(credential, resolve) });
}
