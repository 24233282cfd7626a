/** The emulated tenant on disk, so that a demo survives a restart. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { MsemError } from "../core/errors";
import { errorCode } from "./errorCode";
import { type TenantData, tenantSchema } from "./store";

/** Undefined when there is no such file yet. @throws MSEM_CONFIGURATION when it is not one of ours, or unreadable. */
export function readTenant(file: string): TenantData | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw unusable(file, `cannot be read (${errorCode(error)})`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unusable(file, "is not JSON; it may have been cut off or edited");
  }
  const parsed = tenantSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".");
  throw unusable(file, `is not what the emulator writes${where === undefined || where === "" ? "" : ` (at ${where})`}`);
}

/**
 * Writes all or nothing: a crash leaves the old file or the new one. Only the owner may read it, because the key that
 * signs the tokens is in it.
 *
 * @throws MSEM_CONFIGURATION when the place cannot be written.
 */
export function writeTenant(file: string, data: TenantData): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, "w", 0o600);
    try {
      writeFileSync(descriptor, `${JSON.stringify(data)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unusable(file, `cannot be written (${errorCode(error)})`);
  }
}

function unusable(file: string, what: string): MsemError {
  return new MsemError("MSEM_CONFIGURATION", `the emulator's state file ${file} ${what}`, {
    hint: "Name another file, or remove this one to start with an empty tenant.",
  });
}
