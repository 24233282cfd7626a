/** The proxy that the environment asks for, as it may be shown. The HTTP library itself decides when it is used. */

const variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;

/** The first variable that names a proxy for https, and the proxy's host and port: never its user name or password. */
export function proxyFromEnvironment(
  environment: (name: string) => string | undefined,
): { readonly variable: string; readonly host: string } | undefined {
  for (const variable of variables) {
    const value = environment(variable);
    if (value === undefined || value === "") continue;
    const text = value.includes("://") ? value : `http://${value}`;
    return { variable, host: URL.canParse(text) ? new URL(text).host : "which is no URL" };
  }
  return undefined;
}
