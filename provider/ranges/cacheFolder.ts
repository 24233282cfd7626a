import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The user's cache folder: MSEM_CACHE_DIR, or what the system has for it.
 *
 * @param environment reads an environment variable
 */
export function defaultCacheFolder(
  environment: (name: string) => string | undefined,
  platform: NodeJS.Platform = process.platform,
): string {
  const given = environment("MSEM_CACHE_DIR");
  if (given !== undefined && given !== "") return given;
  const local = environment("LOCALAPPDATA");
  if (platform === "win32" && local !== undefined && local !== "") return join(local, "pulumi-msem", "Cache");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "pulumi-msem");
  const shared = environment("XDG_CACHE_HOME");
  // The specification of that variable has a relative path ignored.
  return shared?.startsWith("/") ? join(shared, "pulumi-msem") : join(homedir(), ".cache", "pulumi-msem");
}
