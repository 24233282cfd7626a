import { accessSync, constants, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { evaluate, removeFolders, write } from "./support";
import { addSecondPackage, addSources, change, smallRepository } from "./workspace";

function compiled(): { root: string; why: () => Promise<unknown>; build: () => Promise<unknown> } {
  const { root } = smallRepository();
  addSources(root);
  const building = `setup.buildPackages(input, { env: process.env, log: () => {} })
    .then(() => "built", ({ name, message }) => name + ": " + message)`;
  return {
    root,
    why: () => evaluate("build.mjs", "setup.whyBuild(input)", root),
    build: () => evaluate("build.mjs", building, root),
  };
}

describe("building the package", () => {
  afterEach(removeFolders);

  it("is needed once, and makes the command line executable", async () => {
    const { root, why, build } = compiled();
    expect(await why()).toBe("never built");
    expect(await build()).toBe("built");
    expect(await why()).toBeNull();
    expect(readFileSync(path.join(root, "provider/dist/core/answer.js"), "utf8")).toContain("42");
    expect(existsSync(path.join(root, "provider/dist/core/answer.d.ts"))).toBe(true);
    accessSync(path.join(root, "provider/dist/cli/main.js"), constants.X_OK);
  });

  it("is needed after a changed, an added and a removed source, and after lost output", async () => {
    const { root, why, build } = compiled();
    await build();
    change(root, "provider/core/answer.ts", "export const answer: number = 43;\n");
    expect(await why()).toBe("sources changed");
    await build();
    expect(readFileSync(path.join(root, "provider/dist/core/answer.js"), "utf8")).toContain("43");

    write(root, "provider/core/more.ts", "export const more = 1;\n");
    expect(await why()).toBe("sources changed");
    await build();
    expect(await why()).toBeNull();

    rmSync(path.join(root, "provider/core/more.ts"));
    expect(await why()).toBe("sources removed");
    await build();
    expect(existsSync(path.join(root, "provider/dist/core/more.js"))).toBe(false);
    expect(existsSync(path.join(root, "provider/dist/core/answer.js"))).toBe(true);

    rmSync(path.join(root, "provider/dist"), { recursive: true });
    expect(await why()).toBe("output missing");
    await build();
    expect(existsSync(path.join(root, "provider/dist/core/answer.js"))).toBe(true);
    expect(await why()).toBeNull();
  });

  it("depends on the compiler's settings and the package file, and not on what lies in dist or node_modules", async () => {
    const { root, why, build } = compiled();
    await build();
    write(root, "provider/dist/stray.ts", "export {};\n");
    write(root, "provider/node_modules/other/index.ts", "export {};\n");
    expect(await why()).toBeNull();
    change(root, "provider/package.json", '{ "name": "small", "version": "1.0.1" }');
    expect(await why()).toBe("sources changed");
    await build();
    const settings = path.join(root, "provider/tsconfig.json");
    change(root, "provider/tsconfig.json", readFileSync(settings, "utf8").replace('"strict":true', '"strict":false'));
    expect(await why()).toBe("sources changed");
  });

  it("compiles the second package too, misses its output as well, and says which package failed", async () => {
    const { root, why, build } = compiled();
    addSecondPackage(root);
    expect(await build()).toBe("built");
    expect(readFileSync(path.join(root, "policy/dist/index.js"), "utf8")).toContain("rules");
    rmSync(path.join(root, "policy/dist"), { recursive: true });
    expect(await why()).toBe("output missing");
    change(root, "policy/index.ts", 'export const rules: number = "none";\n');
    expect(await build()).toMatch(
      /^SetupError: Compiling policy\/ failed: .*\npolicy\/index\.ts\(1,14\): error TS2322/,
    );
    expect(await why()).toBe("last build failed");
  });

  it("leaves output alone that has not changed", async () => {
    const { root, build } = compiled();
    await build();
    const before = statSync(path.join(root, "provider/dist/core/answer.js")).mtimeMs;
    change(root, "provider/index.ts", 'export { answer as other } from "./core/answer";\n');
    await build();
    expect(statSync(path.join(root, "provider/dist/core/answer.js")).mtimeMs).toBe(before);
  });

  it("shows the compiler's messages when it fails, and goes on from there once the mistake is gone", async () => {
    const { root, why, build } = compiled();
    change(root, "provider/core/answer.ts", 'export const answer: number = "42";\n');
    expect(await build()).toMatch(
      /^SetupError: Compiling provider\/ failed: exit code \d\.\nprovider\/core\/answer\.ts\(1,14\): error TS2322/,
    );
    expect(await why()).toBe("last build failed");
    change(root, "provider/core/answer.ts", "export const answer: number = 44;\n");
    expect(await build()).toBe("built");
    expect(readFileSync(path.join(root, "provider/dist/core/answer.js"), "utf8")).toContain("44");
    expect(await why()).toBeNull();
  });
});
