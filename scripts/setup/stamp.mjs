import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * What a set-up step worked from, and what it knew at its end. Kept as JSON in node_modules/.cache/pulumi-msem, so that
 * it goes when node_modules goes.
 *
 * @typedef {object} Stamp
 * @property {string} hash Hash of the inputs' names and contents.
 * @property {string[]} files The inputs, relative to the root, with `/`.
 */

/**
 * @param {string} root Root of the repository.
 * @returns {string} The folder of the stamps.
 */
export function stampFolder(root) {
  return path.join(root, "node_modules", ".cache", "pulumi-msem");
}

/**
 * Hashes files by name and content; dates do not count, because a checkout sets them anew. A file that is missing
 * counts as missing, which is not the same as empty.
 *
 * @param {string} root
 * @param {readonly string[]} files Relative to the root, with `/`.
 * @param {readonly string[]} [facts] What else the step's result depends on.
 * @returns {Stamp}
 */
export function computeStamp(root, files, facts = []) {
  const hash = createHash("sha256");
  for (const fact of facts) hash.update(`fact ${fact}\0`);
  const sorted = [...files].sort();
  for (const file of sorted) {
    const full = path.join(root, file);
    if (!existsSync(full)) {
      hash.update(`missing ${file}\0`);
      continue;
    }
    const content = readFileSync(full);
    hash.update(`file ${file}\0${content.length}\0`).update(content);
  }
  return { hash: hash.digest("hex"), files: sorted };
}

/**
 * @param {string} root
 * @param {string} step Name of the step.
 * @returns {Stamp | undefined} Undefined when the step never ended well, or the stamp cannot be read.
 */
export function readStamp(root, step) {
  try {
    const stamp = JSON.parse(readFileSync(path.join(stampFolder(root), `${step}.json`), "utf8"));
    return typeof stamp?.hash === "string" && Array.isArray(stamp.files) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {string} step Name of the step.
 * @param {Stamp} stamp
 */
export function writeStamp(root, step, stamp) {
  const file = path.join(stampFolder(root), `${step}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(stamp, undefined, 1)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * Lists the files below a folder, without node_modules and dist.
 *
 * @param {string} root
 * @param {string} folder Relative to the root, with `/`.
 * @param {(name: string) => boolean} wanted By file name.
 * @returns {string[]} Relative to the root, with `/`, sorted.
 */
export function listFiles(root, folder, wanted) {
  /** @type {string[]} */
  const found = [];
  if (!existsSync(path.join(root, folder))) return found;
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules" && entry.name !== "dist") found.push(...listFiles(root, name, wanted));
    } else if (wanted(entry.name)) found.push(name);
  }
  return found.sort();
}
