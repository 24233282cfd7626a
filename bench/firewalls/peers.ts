/** The Python peers, each in a folder of its own below .work: their requirements contradict one another. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const folder = resolve(".work", "bench-firewall-peers");

export type PeerName = "fwshift" | "hier_config" | "ciscoconfparse2" | "netutils";

/** Exact, so that a ratio means the same next year. fwshift and ciscoconfparse2 are GPL: they run as programs, and only so. */
const versions: Readonly<Record<PeerName, string>> = {
  fwshift: "0.40.0",
  hier_config: "3.7.1",
  ciscoconfparse2: "0.9.18",
  netutils: "1.19.2",
};
/** Milliseconds: 5 minutes, for slow networks. It takes seconds. */
const timeout = 5 * 60_000;

export const peerNames = Object.keys(versions) as PeerName[];

export const peerFolder = (name: PeerName): string => join(folder, name);

/** How a peer is started that is a program. */
export function programOf(name: "fwshift" | "ciscoconfparse2"): readonly string[] {
  return name === "fwshift" ? ["python3", "-m", "fwshift"] : ["python3", join(peerFolder(name), "bin", "ccp")];
}

/** Installs what is missing. What cannot be installed does not take part, and the report says so. */
export async function installPeers(
  signal: AbortSignal,
  names: readonly PeerName[] = peerNames,
): Promise<ReadonlyMap<PeerName, string>> {
  const absent = new Map<PeerName, string>();
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const target = peerFolder(name);
    if (existsSync(join(target, `${name}-${versions[name]}.dist-info`))) continue;
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--upgrade", "--target", target];
    try {
      await execute("python3", [...pip, `${name}==${versions[name]}`], { cwd: folder, signal, timeout });
    } catch (error) {
      signal.throwIfAborted();
      absent.set(name, `python3: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}`);
    }
  }
  return absent;
}
