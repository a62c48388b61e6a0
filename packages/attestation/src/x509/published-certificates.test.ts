// SPDX-License-Identifier: Apache-2.0
/** Published certificates, each by its file: those that verifiers pin, and those that are read and vouch for nothing here. */

import { describe, expect, it } from "@jest/globals";
import { openVectors } from "../__fixtures__/vectors.ts";
import { intelSgxRoots } from "../dcap/dcap-root.ts";
import { nitroRoots } from "../nitro/verify-nitro.ts";
import { nvidiaRoots } from "../nvidia/verify-device.ts";
import { amdRoots } from "../snp/amd-roots.ts";
import { parseCertificate, parsePemCertificates } from "./certificate.ts";
import { findPaths } from "./find-paths.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;

/** The certificates of a file, PEM or DER. */
function read(path: string) {
  const bytes = vectors?.bytes(path) ?? new Uint8Array();
  const ders = bytes[0] === 0x30 ? [bytes] : parsePemCertificates(vectors?.text(path) ?? "");
  return ders.map(parseCertificate);
}

const pins = new Set([
  ...amdRoots.flatMap(({ ark, ask, asvk }) => [ark, ...ask, ...asvk]),
  ...[...intelSgxRoots, ...nitroRoots, ...nvidiaRoots].map(({ fingerprint }) => fingerprint),
]);

const ark = {
  Milan: "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
  Genoa: "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
  Turin: "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
} as const;
const ask = {
  Milan: "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
  Genoa: "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
  Turin: "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
} as const;
const asvk = {
  Milan: "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
  Genoa: "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
  Turin: "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c",
} as const;
const intel = "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3";
const aws = "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b";
const nvidia = "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48";

withVectors("published certificates of makers", () => {
  const imds = "azure-vtpm/confidential-dot-ai__attestation-rs";
  const ders = "roots/amd/confidential-dot-ai__attestation-rs";
  const chains = "roots/amd/google__go-sev-guest";
  const arks = "roots/amd/microsoft__TEE-Attestation-Verification";
  const asks = "roots/amd/virtee__sev";
  const veracruz = "nitro/veracruz-project__go-nitro-enclave-attestation-document";

  it.each([
    [`${ders}/genoa_ark.der`, [ark.Genoa]],
    [`${ders}/genoa_ask.der`, [ask.Genoa]],
    [`${ders}/genoa_asvk.der`, [asvk.Genoa]],
    [`${ders}/milan_asvk.der`, [asvk.Milan]],
    [`${ders}/turin_ark.der`, [ark.Turin]],
    [`${ders}/turin_ask.der`, [ask.Turin]],
    [`${ders}/turin_asvk.der`, [asvk.Turin]],
    [`${chains}/ask_ark_genoa.pem`, [ask.Genoa, ark.Genoa]],
    [`${chains}/ask_ark_genoa_vlek.pem`, [asvk.Genoa, ark.Genoa]],
    [`${chains}/ask_ark_milan.pem`, [ask.Milan, ark.Milan]],
    [`${chains}/ask_ark_milan_vlek.pem`, [asvk.Milan, ark.Milan]],
    [`${chains}/ask_ark_turin_vcek.pem`, [ask.Turin, ark.Turin]],
    [`${chains}/ask_ark_turin_vlek.pem`, [asvk.Turin, ark.Turin]],
    [`${arks}/genoa_ark.pem`, [ark.Genoa]],
    [`${arks}/milan_ark.pem`, [ark.Milan]],
    [`${arks}/turin_ark.pem`, [ark.Turin]],
    [`${asks}/genoa_ask.pem`, [ask.Genoa]],
    [`${asks}/milan_ask.pem`, [ask.Milan]],
    [`${asks}/turin_ask.pem`, [ask.Turin]],
    [`${imds}/imds-chain-0.der`, [ask.Milan]],
    [`${imds}/imds-chain-1.der`, [ark.Milan]],
    ["roots/intel/Phala-Network__dcap-qvl/TrustedRootCA.der", [intel]],
    ["roots/intel/google__go-tdx-guest/trusted_root.pem", [intel]],
    ["nitro/base__nitro-validator/cabundle_CB0.der", [aws]],
    [`${veracruz}/aws_nitro_root_cert.pem`, [aws]],
    ["roots/nvidia/NVIDIA__nvtrust/verifier_device_root.pem", [nvidia]],
  ])("%s: all of it is pinned, and the last signed all of it", (path, fingerprints) => {
    const certificates = read(path);
    const [root] = certificates.slice(-1);
    expect(certificates.map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
    expect(fingerprints.filter((one) => !pins.has(one))).toEqual([]);
    const isRoot = root?.subject === root?.issuer;
    const signed = certificates.filter((one) => root && one.isSignedBy(root.publicKey));
    expect(signed).toHaveLength(isRoot ? certificates.length : 0);
  });
});

withVectors("published certificates of others", () => {
  const boot = "eventlog/google__go-tpm-tools/secureboot__";
  const sdk = "nvidia/NVIDIA__attestation-sdk";
  const trustee = "nvidia/confidential-containers__trustee";

  it.each([
    // Of Secure Boot's databases: a log's db and dbx are not appraised.
    [`${boot}GcePk.crt`, "d1d217acf60ba4e4"],
    [`${boot}MicCorKEKCA2011_2011-06-24.crt`, "a1117f516a32cefc"],
    [`${boot}MicCorUEFCA2011_2011-06-27.crt`, "48e99b991f57fc52"],
    [`${boot}MicWinProPCA2011_2011-10-19.crt`, "e8e95f0733a55e8b"],
    [`${boot}canonical-boothole.crt`, "90244cc221e00c1f"],
    [`${boot}cisco-boothole.crt`, "20e394d15c6205fa"],
    [`${boot}debian-boothole.crt`, "f156d24f5d4e775d"],
    // Of those who sign reference values, which are not read.
    [`${sdk}/incorrect_rim_root.crt`, "5c4c97ac97c19a6f"],
    [`${sdk}/trusted_certs__rim_root.crt`, "12977b5115acb038"],
    // Of firmware of devices: what a chain has below its makers.
    [`${trustee}/blackwell_signing_cert.pem`, "fc3f13922194c641"],
    [`${trustee}/hopper_signing_cert.pem`, "93385399f329ea10"],
    // Of enclaves of Open Enclave: what is attested stands in an extension.
    ["sgx/openenclave__openenclave/sgx_cert_ec_bad.der", ""],
    ["sgx/openenclave__openenclave/sgx_cert_rsa_bad.der", ""],
    // Of a server whose key a document names.
    ["nitro/evervault__attestation-doc-validation/certificate.der", "ca79c6af65d11e3c"],
  ])("%s is read, and nobody pins it", (path, start) => {
    const certificates = read(path);
    expect(certificates).toHaveLength(1);
    expect(certificates[0]?.fingerprint.startsWith(start)).toBe(true);
    expect(pins.has(certificates[0]?.fingerprint ?? "")).toBe(false);
  });
});

withVectors("Intel's root of 2018, valid to 2033", () => {
  const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu;
  /** Certificates of the chain in what an enclave attests; the last of them may be cut off. */
  const chainOf = (name: string) => {
    const bytes = vectors?.bytes(`sgx/openenclave__openenclave/${name}`) ?? new Uint8Array();
    return Buffer.from(bytes).toString("latin1").match(pem) ?? [];
  };
  const parse = (text = "") => parsePemCertificates(text).map(parseCertificate);

  it("is pinned beside today's, and has its name and key: what one certified is certified by the other", () => {
    const [old] = parse(chainOf("sgx_cert_ec_bad.der")[2]);
    const [leaf, issuer] = chainOf("sgx_cert_rsa_bad.der").slice(0, 2).flatMap(parse);
    const [today] = read("roots/intel/google__go-tdx-guest/trusted_root.pem");
    if (!(old && leaf && issuer && today)) {
      throw new TypeError("no chain in the files");
    }
    expect(old.notAfter.toISOString()).toBe("2033-05-21T10:41:10.000Z");
    expect(pins.has(old.fingerprint)).toBe(true);
    expect(old.subject).toBe(today.subject);
    expect(old.publicKey.equals(today.publicKey)).toBe(true);
    expect(findPaths(leaf, [issuer, old], [today])).toEqual(
      expect.arrayContaining([[leaf, issuer, today]]),
    );
    expect(findPaths(leaf, [issuer], [old])).toEqual([[leaf, issuer, old]]);
  });
});
