/** `ENOENT`, `EADDRINUSE`, …: the code of an error of the operating system. It may come from another realm. */
export function errorCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown error";
}
