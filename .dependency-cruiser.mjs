// SPDX-License-Identifier: Apache-2.0
// The direction of dependencies: core <- {attestation <- endorsements, hsm, api <- client, kube} <- programs. A program never imports
// a program, nothing that ships imports the test package, and what is native or heavy has one importer.

const programs = "^(vault|operator|webhook|csi-driver|cli)/";
const tests = "\\.test\\.ts$|/__fixtures__/";

const only = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });

export default {
  forbidden: [
    only("no-cycles", {}, { circular: true }, "a cycle has no direction"),
    only(
      "core-imports-nothing-of-ours",
      { path: "^packages/core/src", pathNot: tests },
      { path: "^(packages/(?!core)|vault|operator|webhook|csi-driver|cli)" },
      "core is the bottom",
    ),
    only(
      "libraries-import-only-below",
      { path: "^packages/(attestation|hsm|api|kube)/src", pathNot: tests },
      { path: "^packages/(?!core/)([^/]+)/", pathNot: "^packages/$1/" },
      "attestation, hsm, api and kube stand on core alone",
    ),
    only(
      "siblings-stay-apart-attestation",
      { path: "^packages/attestation/src", pathNot: tests },
      { path: "^packages/(hsm|api|kube|client|testing)/" },
      "attestation stands on core alone",
    ),
    only(
      "endorsements-import-attestation-and-core",
      { path: "^packages/endorsements/src", pathNot: tests },
      { path: "^packages/(?!core/|attestation/|endorsements/)" },
      "endorsements are fetched for a verifier and know nothing else",
    ),
    only(
      "client-imports-core-and-api",
      { path: "^packages/client/src", pathNot: tests },
      { path: "^packages/(attestation|hsm|kube|testing)/" },
      "the client speaks the API and nothing else",
    ),
    only(
      "libraries-import-no-program",
      { path: "^packages/" },
      { path: programs },
      "a library never imports a program",
    ),
    only(
      "programs-stay-apart",
      { path: "^(vault|operator|webhook|csi-driver|cli)/" },
      { path: programs, pathNot: "^$1/" },
      "a program never imports a program",
    ),
    only(
      "testing-only-from-tests",
      { path: "^(packages/(?!testing)|vault|operator|webhook|csi-driver|cli)", pathNot: tests },
      { path: "^packages/testing/" },
      "what ships does not know the tests",
    ),
    only(
      "fixtures-only-from-tests",
      { path: "^(packages/(?!testing)|vault|operator|webhook|csi-driver|cli)", pathNot: tests },
      { path: "/__fixtures__/" },
      "what ships does not know what tests share",
    ),
    only(
      "kubernetes-client-has-three-importers",
      { pathNot: "^(packages/kube|operator|webhook|node_modules)/" },
      { path: "node_modules/@kubernetes/client-node" },
      "the client is heavy; the vault and the node plugin do without",
    ),
    only(
      "pkcs11-has-one-importer",
      { pathNot: "^(packages/hsm|node_modules)/" },
      { path: "node_modules/pkcs11js" },
      "only the HSM host loads native code",
    ),
    only(
      "hsm-client-is-free-of-native-code",
      { path: "^packages/hsm/src/client/" },
      { path: "node_modules/pkcs11js|^packages/hsm/src/(host|token)/" },
      "the vault reaches the HSM over a socket only",
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|coverage|\\.strongroom)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@strongroom/source", "import", "node", "default"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
