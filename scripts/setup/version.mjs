/** @typedef {{ major: number, minor: number, patch: number, prerelease: string, text: string }} Version */

/**
 * Reads a version as `pulumi version` prints it: `v3.259.0`, `3.260.0-alpha.1+dirty`, alone on a line.
 *
 * @param {string} output What the command printed; the first line that is a version counts.
 * @returns {Version | undefined} Undefined when no line is a version.
 */
export function parseVersion(output) {
  for (const line of output.split(/\r?\n/)) {
    const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(line.trim());
    if (match) {
      const [, major, minor, patch, prerelease = ""] = match;
      return {
        major: Number(major),
        minor: Number(minor),
        patch: Number(patch),
        prerelease,
        text: line.trim().replace(/^v/, ""),
      };
    }
  }
  return undefined;
}

/**
 * Whether a version is at least another one. A prerelease comes before its release; two prereleases of one release are
 * taken as equal, because no minimum here is a prerelease.
 *
 * @param {Version} version
 * @param {Version} minimum
 * @returns {boolean}
 */
export function isAtLeast(version, minimum) {
  for (const part of /** @type {const} */ (["major", "minor", "patch"])) {
    if (version[part] !== minimum[part]) return version[part] > minimum[part];
  }
  return version.prerelease === "" || minimum.prerelease !== "";
}
