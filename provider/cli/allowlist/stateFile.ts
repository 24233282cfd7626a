/**
 * What a run must remember for the next one, in a file: the list that was accepted last, prefixes in quarantine, which
 * entries are ours, and which list of which product it all is about. No credential and no name of one is in it.
 */
import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import { z } from "zod";
import { MsemError } from "../../core/errors";
import { parseBlock, parsePrefix } from "../../core/ip/index";
import { formatPath } from "../../core/servicetags/path";

const stateVersion = 1;

const prefixText = z.string().refine((text) => parsePrefix(text).ok, "is no prefix");
const blockText = z.string().refine((text) => parseBlock(text).ok, "is neither a prefix nor a range");
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "is no day");
const number = z.int().nonnegative();

const memorySchema = z.strictObject({
  msemAllowlist: z.literal(stateVersion),
  /** Which list of which product, as `tenable:cloud.tenable.com`. */
  place: z.string().min(1),
  /** Marks our entries where the product has room for a mark. */
  name: z.string().min(1),
  serviceTag: z.string().min(1),
  /** The published list that was accepted last. */
  published: z.strictObject({
    counter: z.string().min(1),
    changeNumber: number,
    prefixes: z.array(prefixText),
    /** Prefix → day on which it was first missing. */
    quarantine: z.record(prefixText, day),
  }),
  mode: z.enum(["additive", "exclusive"]),
  families: z.array(z.enum(["ipv4", "ipv6"])).min(1),
  /** What should be in the product: prefix → why. */
  prefixes: z.record(prefixText, z.string()),
  /** Blocks that we added, where nothing in the product tells. */
  owned: z.array(blockText),
});

export type Memory = z.infer<typeof memorySchema>;

/**
 * Undefined when there is no such file yet.
 *
 * @throws MSEM_INVALID when it is not one of ours, was cut off, or cannot be read
 */
export async function readMemory(file: string): Promise<Memory | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unusable(file, `cannot be read (${codeOf(error)})`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unusable(file, "is not JSON: it was cut off or edited");
  }
  const version = isRecord(json) ? json.msemAllowlist : undefined;
  if (typeof version === "number" && version > stateVersion) {
    throw new MsemError(
      "MSEM_INVALID",
      `the state file ${file} has version ${version}, this msem reads ${stateVersion}`,
      {
        hint: "A newer release wrote it: install that release or a later one.",
      },
    );
  }
  if (version === undefined) throw unusable(file, "is not a state file of msem allowlist");
  const parsed = memorySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const lines = issues.slice(0, shownIssues).map(({ path, message }) => `\n  ${formatPath(path)}: ${message}`);
  const rest = issues.length - lines.length;
  throw unusable(file, `has ${issues.length} problems${lines.join("")}${rest > 0 ? `\n  … and ${rest} more` : ""}`);
}

const shownIssues = 10;

/**
 * Writes all or nothing, for its owner only: a crash leaves the old file or the new one.
 *
 * @throws MSEM_INVALID when the place cannot be written
 */
export async function writeMemory(file: string, memory: Memory): Promise<void> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(formatMemory(memory));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new MsemError("MSEM_INVALID", `the state file ${file} cannot be written (${codeOf(error)})`, {
      hint: `Make ${dirname(file)} a folder that can be written, or name another file with --state.`,
      cause: error,
    });
  }
}

/** Sorted by the tool already, so that a version control system shows what changed. */
export function formatMemory(memory: Memory): string {
  return `${JSON.stringify(memory, undefined, 2)}\n`;
}

export function emptyMemoryName(file: string): string {
  return basename(file, extname(file));
}

function unusable(file: string, what: string): MsemError {
  return new MsemError("MSEM_INVALID", `the state file ${file} ${what}`, {
    hint:
      "Restore it from a backup. Without it nobody knows what was accepted last and which entries are ours: " +
      "to begin anew move it away, and take over what stands there with --adopt.",
  });
}

/** Not `instanceof Error`: an error of Node's own may come from another realm than ours. */
export function codeOf(error: unknown): string {
  return isRecord(error) && "code" in error ? String(error.code) : "unknown error";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
