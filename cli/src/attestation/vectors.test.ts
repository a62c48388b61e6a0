// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { runCommandLine } from "../program.ts";

const folder =
  process.env["STRONGROOM_VECTORS"] ?? resolve(import.meta.dirname, "../../../../shared/vectors");

const withVectors = existsSync(folder) ? describe : describe.skip;
if (!existsSync(folder)) {
  process.stderr.write(`skipped: no test vectors at ${folder} (set STRONGROOM_VECTORS)\n`);
}

/** Runs the command; words with a slash are paths under the vectors' folder. */
async function verify(...words: readonly string[]) {
  let output = "";
  const write = (chunk: Buffer, _: string, done: () => void) => {
    output += chunk.toString();
    done();
  };
  const args = words.map((word) => (word.includes("/") ? join(folder, word) : word));
  const code = await runCommandLine(["attestation", "verify", ...args], {
    environment: {},
    stdin: Readable.from([]),
    stdout: new Writable({ write }),
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  return { code, answer: output === "" ? undefined : JSON.parse(output) };
}

const endorsed = (...files: readonly string[]) => files.flatMap((file) => ["--endorsements", file]);
const at = (instant: string) => ["--at", instant];

/** One row: the kind, the evidence, more arguments, and what is answered: findings beside those of the missing binding, or a refusal. */
type Row = readonly [string, string, readonly string[], readonly string[] | string];

async function check([type, evidence, more, expected]: Row) {
  const { code, answer } = await verify("--type", type, "--evidence", evidence, ...more);
  if (typeof expected === "string") {
    expect([code, answer]).toEqual([
      1,
      { verified: false, refusal: expected, reason: expect.any(String) },
    ]);
    return;
  }
  expect([code, answer]).toMatchObject([0, { verified: true }]);
  const isBound = more.includes("--nonce") || more.includes("--report-data");
  const findings = isBound ? expected : ["binding-unchecked", ...expected];
  expect(answer.findings.toSorted()).toEqual(findings.toSorted());
}

const milan = "roots/amd/google__go-sev-guest/ask_ark_milan.pem";
const milanVlek = "roots/amd/google__go-sev-guest/ask_ark_milan_vlek.pem";
const coco = "snp/confidential-containers__trustee";
const sidecar = "snp/microsoft__confidential-sidecar-containers";
const google = "snp/google__go-sev-guest";
const old = ["revocation-unchecked", "memory-aliases-unchecked"];

const snp: readonly Row[] = [
  ["snp", `${google}/attestation.bin`, endorsed(`${google}/vcek.testcer`, milan), "policy-denied"],
  [
    ...(["snp", `${google}/attestation.bin`] as const),
    [...endorsed(`${google}/vcek.testcer`, milan), "--allow-debug"],
    [...old, "debug"],
  ],
  [
    ...(["snp", "snp/virtee__sev/report_milan.hex"] as const),
    endorsed("snp/virtee__sev/vcek_milan.der", milan),
    old,
  ],
  ["snp", `${coco}/test-report.bin`, endorsed(`${coco}/test-vcek.der`, milan), old],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    [...endorsed(`${coco}/test-vcek.der`), "--trust-root", milan],
    old,
  ],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    endorsed(`${coco}/test-vcek.der`),
    "endorsements-unavailable",
  ],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    [...endorsed(`${coco}/test-vcek.der`, milan), "--nonce", "00"],
    "binding-mismatch",
  ],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    [
      ...endorsed(`${coco}/test-vcek.der`, milan),
      ...["--report-data", "ec6c52d7533cc2c4f45be7849cf112ab82b2009fe7bd43e71ed08c14400ad7e2"],
    ],
    old,
  ],
  ...["legacy", "new"].map(
    (form): Row => [
      ...(["snp", `${coco}/test-report.bin`] as const),
      endorsed(`${coco}/test-vcek-invalid-${form}.der`, milan),
      "untrusted-chain",
    ],
  ),
  [
    ...(["snp", `${coco}/test-vlek-report.bin`] as const),
    [...endorsed(`${coco}/test-vlek.der`, milanVlek), ...at("2025-06-01T00:00:00Z")],
    ["revocation-unchecked"],
  ],
  [
    ...(["snp", `${coco}/test-vlek-report.bin`] as const),
    [...endorsed(`${coco}/test-vlek.der`, milanVlek), ...at("2026-01-01T00:00:00Z")],
    "expired",
  ],
  ...["pem", "json"].map(
    (form): Row => [
      ...(["snp", `${sidecar}/snp_report.bin`] as const),
      endorsed(`${sidecar}/uvm_host_amd_certificate.${form}`),
      old,
    ],
  ),
  [
    ...(["snp", `${sidecar}/neg_CorruptedProductionSNPReportBytes.bin`] as const),
    endorsed(`${sidecar}/uvm_host_amd_certificate.pem`),
    "malformed",
  ],
  [
    ...(["snp", `${sidecar}/neg_CorruptedProductionSigSNPReportBytes.bin`] as const),
    endorsed(`${sidecar}/uvm_host_amd_certificate.pem`),
    "bad-signature",
  ],
  ["snp", `${sidecar}/serialize_test_report.bin`, [], "malformed"],
  ["snp", `${sidecar}/platform_cert_fetcher_test_report.bin`, [], "endorsements-unavailable"],
];

const phala = "tdx/Phala-Network__dcap-qvl";
const phalaSgx = "sgx/Phala-Network__dcap-qvl";
const teepot = "sgx/matter-labs__teepot";
const loose = (fmspc: string) =>
  endorsed(
    ...["pck_crl_platform.der", "qe_identity_signing_chain.pem", "root_ca_crl.der"]
      .concat(`tcb_info_${fmspc}.json`, "td_qe_identity.json")
      .map((name) => `tdx/confidential-dot-ai__attestation-rs/${name}`),
  );

const dcap: readonly Row[] = [
  [
    ...(["tdx", `${phala}/tdx_quote`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`), ...at("2025-07-01T00:00:00Z")],
    ["trailing-bytes"],
  ],
  [
    ...(["tdx", `${phala}/near_quote_hex.txt`] as const),
    [...endorsed(`${phala}/near_quote_collateral.json`), ...at("2025-09-15T00:00:00Z")],
    ["trailing-bytes"],
  ],
  [
    ...(["tdx", `${phala}/tdx_quote`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`), ...at("2025-08-01T00:00:00Z")],
    "expired",
  ],
  [
    ...(["tdx", `${phala}/tdx_quote_outdated`] as const),
    [...endorsed(`${phala}/tdx_quote_outdated_collateral.json`), ...at("2026-03-01T00:00:00Z")],
    "tcb-out-of-date",
  ],
  [
    ...(["tdx", "tdx/matter-labs__teepot/tdx_1.quote.bin"] as const),
    [...endorsed("tdx/matter-labs__teepot/tdx_1.collateral.json"), ...at("2024-12-05T13:55:35Z")],
    ["trailing-bytes"],
  ],
  [
    ...(["tdx", "tdx/google__go-tdx-guest/quote_v5_sample.dat"] as const),
    [...loose("90c06f000000"), ...at("2026-03-20T00:00:00Z")],
    [],
  ],
  [
    ...(["tdx", "tdx/confidential-containers__trustee/tdx_quote_4.dat"] as const),
    [...loose("50806f000000"), ...at("2026-03-20T00:00:00Z")],
    "policy-denied",
  ],
  [
    ...(["sgx", `${phalaSgx}/sgx_quote`] as const),
    [...endorsed(`${phalaSgx}/sgx_quote_collateral.json`), ...at("2025-07-01T00:00:00Z")],
    ["tcb-ConfigurationAndSWHardeningNeeded"],
  ],
  [
    ...(["sgx", `${teepot}/sw_hardening.quote.bin`] as const),
    [...endorsed(`${teepot}/sw_hardening.collateral.json`), ...at("2023-05-15T15:41:43Z")],
    ["tcb-SWHardeningNeeded"],
  ],
  [
    ...(["sgx", `${teepot}/out_of_date.quote.bin`] as const),
    [...endorsed(`${teepot}/out_of_date.collateral.json`), ...at("2023-05-15T15:41:43Z")],
    "tcb-out-of-date",
  ],
  ["tdx", `${teepot}/sw_hardening.quote.bin`, [], "malformed"],
];

const trustee = "azure-vtpm/confidential-containers__trustee";
const kinvolk = "azure-vtpm/kinvolk__azure-cvm-tooling";
const newer = ["revocation-unchecked"];
const challenge = ["--nonce", "6368616c6c656e6765"];
const parts = [`${trustee}/vcek.pem`, milan];

const azure: readonly Row[] = [
  ["azure-vtpm", `${trustee}/evidence-v0.json`, [...endorsed(milan), ...challenge], newer],
  ["azure-vtpm", `${trustee}/evidence-v1.json`, [...endorsed(milan), ...challenge], newer],
  // Zeros are what the user data holds until somebody writes it: they answer nobody.
  [
    ...(["azure-vtpm", `${trustee}/evidence-v1.json`] as const),
    [...endorsed(milan), "--nonce", "00"],
    "binding-mismatch",
  ],
  [
    ...(["azure-vtpm", "azure-vtpm/confidential-dot-ai__attestation-rs/evidence-v1.json"] as const),
    endorsed(milan),
    old,
  ],
  ...["quote.bin", "tpm-quote-v1.json"].map(
    (quote): Row => [
      ...(["azure-vtpm", `${trustee}/hcl-report.bin`] as const),
      [...endorsed(`${trustee}/${quote}`, ...parts), ...challenge],
      old,
    ],
  ),
  ["azure-vtpm", `${trustee}/hcl-report.bin`, endorsed(...parts), "malformed"],
  ["azure-vtpm", `${trustee}/tdx__evidence-v0.json`, [], "endorsements-unavailable"],
  ["azure-vtpm", `${trustee}/tdx__evidence-v1.json`, challenge, "endorsements-unavailable"],
  [
    ...(["azure-vtpm", `${kinvolk}/hcl-report-snp.bin`] as const),
    endorsed(`${kinvolk}/certs.pem`),
    "bad-signature",
  ],
  ["azure-vtpm", `${kinvolk}/hcl-report-tdx.bin`, [], "endorsements-unavailable"],
];

const evervault = "nitro/evervault__attestation-doc-validation";
const sparsity = "nitro/sparsity-xyz__aws-nitro-enclave-attestation";
const veracruz = "nitro/veracruz-project__go-nitro-enclave-attestation-document";
const inCertificate = "cert-containing-attestation-document-18-1-23";
const january = at("2023-01-18T15:15:14Z");
const pcrs = (name: string) =>
  endorsed(`${evervault}/valid_attestation_doc_in_${name}_time_sensitive.json`);

const nitro: readonly Row[] = [
  [
    ...(["nitro", `${evervault}/debug-mode-attestation-doc-bytes`] as const),
    at("2022-10-12T13:50:06Z"),
    "policy-denied",
  ],
  [
    ...(["nitro", `${evervault}/debug-mode-attestation-doc-bytes`] as const),
    [...at("2022-10-12T13:50:06Z"), "--allow-debug"],
    ["debug"],
  ],
  [
    ...(["nitro", `${evervault}/valid-attestation-doc-base64`] as const),
    at("2023-09-18T15:03:30Z"),
    "policy-denied",
  ],
  ["nitro", `${evervault}/valid-attestation-doc-bytes`, at("2022-10-13T08:58:02Z"), []],
  ["nitro", `${evervault}/valid-attestation-doc-bytes`, at("2022-10-14T08:58:02Z"), "expired"],
  ["nitro", `${evervault}/non-debug-${inCertificate}.pem`, january, []],
  ["nitro", `${evervault}/non-debug-${inCertificate}-der.crt`, january, []],
  [
    ...(["nitro", `${evervault}/debug-mode-cert-containing-attestation-doc-18-1-23.pem`] as const),
    january,
    "policy-denied",
  ],
  [
    ...(["nitro", `${evervault}/non-debug-${inCertificate}.pem`] as const),
    [...january, ...pcrs("non_debug_mode_with_correct_pcrs")],
    [],
  ],
  [
    ...(["nitro", `${evervault}/non-debug-${inCertificate}.pem`] as const),
    [...january, ...pcrs("cert_incorrect_pcrs")],
    "policy-denied",
  ],
  ["nitro", `${sparsity}/attestation_1.report`, at("2024-08-16T09:11:49Z"), "policy-denied"],
  ["nitro", `${sparsity}/attestation_2.report`, at("2023-09-28T11:08:27Z"), []],
  [
    ...(["nitro", `${veracruz}/aws_nitro_document.cbor`] as const),
    [...at("2022-11-09T22:52:00Z"), "--trust-root", `${veracruz}/aws_nitro_root_cert.pem`],
    [],
  ],
  [
    ...(["nitro", `${veracruz}/aws_nitro_document_bad_sig.cbor`] as const),
    at("2022-11-09T22:52:00Z"),
    "bad-signature",
  ],
];

const shielded = "tpm/google__go-tpm-tools/gce-cos-85";
const ekRoots = "roots/tpm-ek/google__go-tpm-tools";
const issuers = [`${ekRoots}/tpm_ek_intermediate_2.crt`, `${ekRoots}/tpm_ek_root_1.cer`];
const enact = "tpm/veraison__services/scheme__tpm-enacttrust__test";

const tpm: readonly Row[] = [
  ...["no-nonce.pb", "no-nonce.decoded.json"].map(
    (form): Row => ["tpm", `${shielded}-${form}`, endorsed(...issuers), ["weak-bank-ignored"]],
  ),
  [
    "tpm",
    `${shielded}-no-nonce.pb`,
    [...endorsed(...issuers), "--nonce", "9009"],
    "binding-mismatch",
  ],
  ["tpm", `${shielded}-no-nonce.pb`, [], "untrusted-chain"],
  ...["nonce9009.pb", "nonce9009.decoded.json"].map(
    (form): Row => [
      ...(["tpm", `${shielded}-${form}`] as const),
      [...endorsed(...issuers), "--nonce", "9009"],
      ["weak-bank-ignored"],
    ],
  ),
  ["tpm", "tpm/keylime__keylime/keylime_tpm_util.json", [], "untrusted-chain"],
  [
    ...(["tpm", `${kinvolk}/quote.bin`] as const),
    ["--trust-root", `${kinvolk}/akpub.pem`, ...challenge],
    ["key-given", "key-attributes-unknown"],
  ],
  [
    ...(["tpm", `${enact}__evidence__basic.token`] as const),
    ["--trust-root", `${enact}__keys__basic.pem.pub`],
    ["key-given", "key-attributes-unknown", "pcr-values-missing"],
  ],
  [
    ...(["tpm", `${enact}__evidence__basic.token`] as const),
    ["--trust-root", `${kinvolk}/akpub.pem`],
    "bad-signature",
  ],
  [
    ...(["tpm", `${trustee}/tpm-quote.msg`] as const),
    [...endorsed(`${trustee}/tpm-quote.sig`), "--trust-root", `${kinvolk}/akpub.pem`],
    "bad-signature",
  ],
  [
    "tpm",
    "tpm/veraison__services/scheme__parsec-tpm__test__evidence__evidence.cbor",
    ...([[], "untrusted-chain"] as const),
  ],
];

const ccel = "eventlog/google__go-eventlog/eventlogs__ccel__cos-113-intel-tdx.bin";
const tdOfGoogle = "tdx/google__go-tdx-guest/cos-113-tdx-quote.dat";

const logs: readonly Row[] = [
  [
    ...(["tpm", `${shielded}-no-nonce.decoded.json`] as const),
    endorsed(...issuers, "eventlog/google__go-eventlog/eventlogs__tpm__rhel8-uefi.bin"),
    "binding-mismatch",
  ],
  // No CRLs of that time were kept: the log is told apart from what Intel signs all the same.
  ["tdx", tdOfGoogle, endorsed(ccel), "endorsements-unavailable"],
  [
    ...(["tdx", `${phala}/tdx_quote`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`, ccel), ...at("2025-07-01T00:00:00Z")],
    "binding-mismatch",
  ],
  [
    ...(["azure-vtpm", `${trustee}/evidence-v1.json`] as const),
    endorsed(milan, "eventlog/google__go-eventlog/eventlogs__tpm__rhel8-uefi.bin"),
    "binding-mismatch",
  ],
];

const ear = "jwt-ear/veraison__ear";
const maa =
  "jwt-maa/ThomVanL__blog-2022-12-azure-confidential-computing-secure-key-release/attestation-response.b64";

const tokens: readonly Row[] = [
  ["jwt", `${ear}/ear_test_0.jwt`, endorsed(`${ear}/pkey.json`), ["no-expiry"]],
  ["jwt", `${ear}/ear_test_3.jwt`, endorsed(`${ear}/ear_test_pub.jwk.json`), ["no-expiry"]],
  ["jwt", `${ear}/ear_test_0.jwt`, [], "endorsements-unavailable"],
  ["jwt", `${ear}/ear_test_1.jwt`, endorsed(`${ear}/pkey.json`), "policy-denied"],
  ["jwt", `${ear}/ear_test_2.jwt`, endorsed(`${ear}/pkey.json`), "malformed"],
  [
    ...(["jwt", "jwt-ear/veraison__services/walkthrough_0.jwt"] as const),
    [
      ...endorsed(`${ear}/pkey.json`),
      ...["--nonce", "15e8812f462cd32bd78816c014cb353870d75edc34f111aafd211225d49a5cfb"],
    ],
    "binding-mismatch",
  ],
  ["jwt", maa, at("2022-12-23T23:10:00Z"), "endorsements-unavailable"],
  [
    "nras",
    "nvidia/NVIDIA__attestation-sdk/sample_attestation_data__hopperClaimsv3_detached_eat.json",
    ...([[], "endorsements-unavailable"] as const),
  ],
];

const nvidia = "nvidia/NVIDIA__attestation-sdk";
const hopper = `${nvidia}/sample_attestation_data__gpu__hopper`;
const coco1 = "nvidia/confidential-containers__trustee/hopper_coco";
const genuine = ["measurements-unappraised", "revocation-unchecked"];

const devices: readonly Row[] = [
  // A report of an older driver's, which does not name the firmware.
  [
    ...(["nras", `${hopper}AttestationReport.txt`] as const),
    endorsed(`${hopper}CertChain.txt`),
    [...genuine, "firmware-unnamed"],
  ],
  [
    ...(["nras", `${hopper}AttestationReportInvalidSignature.txt`] as const),
    endorsed(`${hopper}CertChain.txt`),
    "bad-signature",
  ],
  ["nras", `${hopper}AttestationReport.txt`, [], "endorsements-unavailable"],
  [
    ...(["nras", `${coco1}_report1.txt`] as const),
    endorsed(`${coco1}_certs1.txt`),
    [...genuine, "trailing-bytes"],
  ],
  [
    ...(["nras", `${nvidia}/multi_gpu_hopper.json`] as const),
    ["--nonce", "e97b23a1718095a0e9e35edca810768c70a6a5a389b705e753b197912bc11576"],
    genuine,
  ],
  [
    ...(["nras", `${nvidia}/hopper_evidence.json`] as const),
    ["--nonce", "00".repeat(32)],
    "binding-mismatch",
  ],
  [
    ...(["nras", "nvidia/NVIDIA__nvtrust/ppcie_switch_evidence.json"] as const),
    ...([[], [...genuine, "firmware-unnamed"]] as const),
  ],
  ["nras", "nvidia/NVIDIA__nvtrust/ppcie_gpu_evidence.json", [], genuine],
];

const veraison = "cca/veraison__services";

const cca: readonly Row[] = [
  // The platform's key was not published with it.
  [
    "cca",
    `${veraison}/scheme__arm-cca__test__evidence__cca-good.cbor`,
    [],
    "endorsements-unavailable",
  ],
  ["cca", `${veraison}/end-to-end__input__cca-evidence.cbor`, [], "endorsements-unavailable"],
  [
    ...(["cca", `${veraison}/end-to-end__input__cca-evidence.cbor`] as const),
    endorsed("jwt-ear/veraison__ear/pkey.json"),
    "bad-signature",
  ],
  ["cca", `${veraison}/scheme__psa-iot__test__psa-token.cbor`, [], "malformed"],
];

withVectors("strongroom attestation verify, of published evidence", () => {
  it.each([...snp, ...dcap, ...azure, ...nitro, ...tpm, ...logs, ...tokens, ...devices, ...cca])(
    "--type %s --evidence %s %j: %j",
    async (...row) => {
      await check(row);
    },
  );

  it("names every register that Google's quote covers, of strong banks alone", async () => {
    const evidence = ["--type", "tpm", "--evidence", `${shielded}-no-nonce.pb`];
    const { answer } = await verify(...evidence, ...endorsed(...issuers));
    expect(Object.keys(answer.claims["x-strongroom-pcrs"])).toEqual(["sha256", "sha384"]);
    expect(Object.keys(answer.claims["x-strongroom-pcrs"].sha256)).toHaveLength(24);
    expect(answer.claims).toMatchObject({
      ...{ "x-strongroom-class": "virtual", secureboot: true },
      "x-strongroom-event-log-registers": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    });
  });
});
