/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["@strongroom/source", "node", "node-addons"] },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: { target: "es2024", parser: { syntax: "typescript" } },
        module: { type: "es6" },
        sourceMaps: "inline",
      },
    ],
  },
  testMatch: [
    "<rootDir>/{packages/*,vault,operator,webhook,csi-driver,cli}/src/**/*.test.ts",
    "<rootDir>/e2e/{socket,lib,admission,attestation}/**/*.test.ts",
    "<rootDir>/examples/*/app/**/*.test.ts",
  ],
  modulePathIgnorePatterns: ["<rootDir>/.strongroom", "<rootDir>/dist"],
  testTimeout: 30_000,
  reporters: ["default", "./packages/testing/src/tally-reporter.js"],
};
