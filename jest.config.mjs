/** Tests run on TypeScript through swc; types are checked apart, by `npm run typecheck`. */
export default {
  rootDir: ".",
  testEnvironment: "node",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
    ],
  },
  setupFiles: ["<rootDir>/tests/sandbox.ts"],
  // A test's globals are looked up in its sandbox, which takes many times as long; these are looked up the most.
  sandboxInjectedGlobals: [
    "Math",
    "Object",
    "Array",
    "Map",
    "Set",
    "Uint32Array",
    "BigInt",
    "Number",
    "String",
    "JSON",
  ],
  testTimeout: 30_000,
  // Engine operations wait as much as they compute: three files at a time also on two cores.
  maxWorkers: 3,
};
