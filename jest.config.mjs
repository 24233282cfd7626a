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
  testTimeout: 30_000,
  // Engine operations wait more than they compute: two files at a time also on two cores.
  maxWorkers: 2,
};
