import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { evaluate, removeFolders, write } from "./support";
import { change, smallRepository } from "./workspace";

const needed = "setup.isInstallNeeded(input)";
const installing = `setup.installPackages(input, { env: process.env, log: () => {} })
  .then(() => "installed", ({ name, message }) => name + ": " + message)`;

describe("installing the npm packages", () => {
  afterEach(removeFolders);

  it("is needed on a fresh clone, and not a second time", async () => {
    const { root, env } = smallRepository();
    expect(await evaluate("install.mjs", needed, root, env)).toBe(true);
    expect(await evaluate("install.mjs", installing, root, env)).toBe("installed");
    expect(await evaluate("install.mjs", needed, root, env)).toBe(false);
  });

  it.each([
    ["the root package.json", "package.json"],
    ["the lock file", "package-lock.json"],
    ["the package's package.json", "provider/package.json"],
    ["an example's package.json", "examples/one/package.json"],
    ["a new example's package.json", "examples/two/package.json"],
  ])("is needed again after a change of %s", async (_, file) => {
    const { root, env } = smallRepository();
    await evaluate("install.mjs", installing, root, env);
    write(root, file, '{ "changed": true }');
    expect(await evaluate("install.mjs", needed, root, env)).toBe(true);
  });

  it("is not needed for a file that only has a new date, nor for a package.json inside an example's folders", async () => {
    const { root, env } = smallRepository();
    await evaluate("install.mjs", installing, root, env);
    change(root, "package-lock.json", readFileSync(path.join(root, "package-lock.json"), "utf8"));
    write(root, "examples/one/fixture/package.json", "{}");
    expect(await evaluate("install.mjs", needed, root, env)).toBe(false);
  });

  it("is needed again when node_modules or the pinned Node is gone", async () => {
    const { root, env } = smallRepository();
    await evaluate("install.mjs", installing, root, env);
    rmSync(path.join(root, "node_modules", "node"), { recursive: true });
    expect(await evaluate("install.mjs", needed, root, env)).toBe(true);
  });

  it("neither saves into the lock file nor lets the environment leave out what the set-up needs", async () => {
    const { root, env } = smallRepository();
    await evaluate("install.mjs", installing, root, env);
    const call = readFileSync(path.join(root, "npm-calls.log"), "utf8");
    expect(call).toMatch(/^install --no-save /);
    expect(call).toContain("--include=dev");
  });

  it("shows all that npm said when it fails, and tries again the next time", async () => {
    const { root, env } = smallRepository();
    const message = await evaluate<string>("install.mjs", installing, root, { ...env, FAKE_NPM: "fail" });
    expect(message).toMatch(/^SetupError: npm install failed: exit code 1\.\nnpm warn EBADENGINE[\s\S]*ERESOLVE/);
    expect(await evaluate("install.mjs", needed, root, env)).toBe(true);
  });

  it("says how to get the pinned Node when npm succeeds without it", async () => {
    const { root, env } = smallRepository();
    const message = await evaluate<string>("install.mjs", installing, root, { ...env, FAKE_NPM: "no binary" });
    expect(message).toMatch(
      /pinned Node .* is not usable: its binary is missing[\s\S]*ignore-scripts[\s\S]*allowScripts/,
    );
    expect(existsSync(path.join(root, "node_modules", ".cache"))).toBe(false);
  });

  it("refuses a pinned Node of another version", async () => {
    const { root, env } = smallRepository();
    change(root, "package.json", JSON.stringify({ devDependencies: { node: "99.0.0" } }));
    const message = await evaluate<string>("install.mjs", installing, root, env);
    expect(message).toContain(`it is ${process.version}, not v99.0.0`);
  });
});
