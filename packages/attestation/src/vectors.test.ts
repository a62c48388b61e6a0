// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { rsaPublic } from "./__fixtures__/test-attestation-key.ts";
import { openVectors } from "./__fixtures__/vectors.ts";
import { verifyEkCertificate } from "./ek/verify-ek-certificate.ts";
import { toEndorsementKey } from "./tpm/endorsement-key.ts";
import { makeCredentialWithSeed } from "./tpm/make-credential.ts";
import { parseTpmPublic } from "./tpm/parse-tpm-public.ts";
import { parseTpmQuote } from "./tpm/parse-tpm-quote.ts";
import { tpmName, tpmPublicKey } from "./tpm/tpm-key.ts";
import { verifyTpmQuote } from "./tpm/verify-tpm-quote.ts";
import { parsePemCertificates } from "./x509/certificate.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const text = (path: string) => vectors?.text(path) ?? "{}";
/** Whatever was quoted will do. */
const unbound = { requiredPcrs: "unbound" } as const;
const base64 = (value: string) => new Uint8Array(Buffer.from(value, "base64"));

const keylime = JSON.parse(text("tpm/keylime__keylime/keylime_tpm_util.json"));

withVectors("keylime's vectors", () => {
  it("has a quote that is verified, and refused for another nonce or value", () => {
    const key = createPublicKey(keylime.ak_pub_pem);
    const akPublic = rsaPublic(key, fromHex("0014000b"));
    const evidence = {
      akPublic,
      quote: base64(keylime.quote_b64),
      signature: base64(keylime.signature_b64),
      pcrs: { sha256: keylime.pcrs },
    };
    const akName = tpmName(parseTpmPublic(akPublic));
    const expected = { akName, extraData: utf8(keylime.nonce), ...unbound };
    expect(verifyTpmQuote(evidence, expected)).toMatchObject({
      kind: "verified",
      claims: { pcrs: { sha256: keylime.pcrs } },
    });
    expect(
      verifyTpmQuote(evidence, { akName, extraData: utf8("other"), ...unbound }),
    ).toMatchObject({
      class: "binding-mismatch",
    });
    const pcrs = { sha256: { "16": "00".repeat(32) } };
    expect(verifyTpmQuote({ ...evidence, pcrs }, expected)).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("has a credential that is made byte for byte", () => {
    const vector = keylime.makecredential;
    const ek = parseTpmPublic(fromHex(vector.ek_tpm2b_public_hex.slice(4)));
    const ekPublic = toEndorsementKey(tpmPublicKey(ek));
    const akName = fromHex(vector.ak_name_hex);
    const secret = fromHex(vector.challenge_hex);
    const seed = new Uint8Array(32).fill(0x12);
    const made = makeCredentialWithSeed({ ekPublic, akName, secret }, seed);
    const file = concatBytes(
      fromHex("badcc0de00000001"),
      made.credentialBlob,
      made.encryptedSecret,
    );
    expect(toHex(file.subarray(0, 80))).toBe(vector.expected_first_80_bytes_hex);
    expect(file).toHaveLength(8 + 2 + 0x44 + 2 + 256);
  });
});

withVectors("quotes of Google's shielded VMs", () => {
  const folder = "tpm/google__go-tpm-tools";
  const banks = ["sha1", "sha256", "sha384"];
  const load = (name: string) => JSON.parse(text(`${folder}/${name}`));

  function evidenceOf(vm: ReturnType<typeof load>, bank: number) {
    const { quote_hex, raw_sig_hex, pcrs } = vm.quotes[bank];
    return {
      akPublic: fromHex(vm.ak_pub_tpmt_hex),
      quote: fromHex(quote_hex),
      signature: fromHex(raw_sig_hex),
      pcrs: { [banks[bank] ?? ""]: pcrs },
    };
  }

  it.each([
    ["gce-cos-85-no-nonce.decoded.json", ""],
    ["gce-cos-85-nonce9009.decoded.json", "9009"],
  ])("%s: SHA-256 and SHA-384 are verified, SHA-1 is refused", (name, nonce) => {
    const vm = load(name);
    const akName = tpmName(parseTpmPublic(fromHex(vm.ak_pub_tpmt_hex)));
    const expected = { akName, extraData: fromHex(nonce), ...unbound };
    for (const bank of [1, 2]) {
      const verdict = verifyTpmQuote(evidenceOf(vm, bank), expected);
      expect(verdict).toMatchObject({
        kind: "verified",
        claims: { pcrs: evidenceOf(vm, bank).pcrs, firmwareVersion: "2016051100162800" },
      });
    }
    expect(verifyTpmQuote(evidenceOf(vm, 0), expected)).toMatchObject({ class: "policy-denied" });
    expect(
      verifyTpmQuote(evidenceOf(vm, 1), { akName, extraData: fromHex("beef"), ...unbound }),
    ).toMatchObject({ class: "binding-mismatch" });
  });
});

withVectors("certificates of Google's TPMs", () => {
  const at = new Date("2023-06-01T00:00:00Z");
  const roots = "roots/tpm-ek/google__go-tpm-tools";
  const certificates = (path: string) => {
    const bytes = vectors?.bytes(path) ?? new Uint8Array();
    return bytes[0] === 0x30 ? [bytes] : parsePemCertificates(text(path));
  };
  const leaf = (name: string) => certificates(`tpm/google__go-tpm-tools/${name}`);
  const trust = () => ({
    roots: [
      {
        name: "gce",
        class: "virtual" as const,
        certificates: [
          ...certificates(`${roots}/tpm_ek_root_1.cer`),
          ...certificates(`${roots}/gcp_ek_ak_ca_root.crt`),
        ],
      },
    ],
    intermediates: [
      ...certificates(`${roots}/tpm_ek_intermediate_3.crt`),
      ...certificates(`${roots}/gcp_ek_ak_ca_intermediate_v3.crt`),
    ],
  });

  it.each(["uca_tpm_rsa_enc_cert.pem", "uca_tpm_ecc_enc_cert.pem"])(
    "%s is an endorsement key's",
    (name) => {
      expect(verifyEkCertificate(leaf(name), trust(), at)).toMatchObject({
        kind: "verified",
        claims: { tpm: { manufacturer: "id:474F4F47", model: "vTPM", version: "id:20160511" } },
      });
      const late = new Date("2060-01-01T00:00:00Z");
      expect(verifyEkCertificate(leaf(name), trust(), late)).toMatchObject({ class: "expired" });
    },
  );

  it.each(["pca_tpm_rsa_enc_cert.pem", "pca_tpm_ecc_enc_cert.pem"])(
    "%s is an endorsement key's, as its issuer certifies no others",
    (name) => {
      const later = new Date("2024-06-01T00:00:00Z");
      expect(verifyEkCertificate(leaf(name), trust(), later)).toMatchObject({
        ...{ kind: "verified", claims: { root: { name: "gce" }, tpm: undefined } },
      });
    },
  );

  it.each([
    ["uca_tpm_rsa_sign_cert.pem", "a signing key with the purpose of an endorsement key"],
    ["uca_tpm_ecc_sign_cert.pem", "a signing key with the purpose of an endorsement key"],
    ["pca_tpm_rsa_sign_cert.pem", "a signing key without the purpose"],
    ["pca_tpm_ecc_sign_cert.pem", "a signing key without the purpose"],
  ])("%s is refused: %s", (name) => {
    expect(verifyEkCertificate(leaf(name), trust(), at)).toMatchObject({
      kind: "refused",
      class: "untrusted-chain",
    });
  });
});

withVectors("a published token of EnactTrust", () => {
  it("scheme__tpm-enacttrust__test__evidence__basic.token is as its basic.json says", () => {
    const folder = "tpm/veraison__services/scheme__tpm-enacttrust__test__evidence__";
    const said = JSON.parse(text(`${folder}basic.json`));
    const token = vectors?.bytes(`${folder}basic.token`) ?? new Uint8Array();
    // A node's identifier, and a quote behind its length.
    expect(toHex(token.subarray(0, 16))).toBe(said["node-id"].replaceAll("-", ""));
    const length = (token[16] ?? 0) * 256 + (token[17] ?? 0);
    const quote = parseTpmQuote(token.subarray(18, 18 + length));
    expect(toHex(quote.pcrDigest)).toBe(toHex(base64(said.digest)));
    expect(quote.selections).toEqual([{ bank: "sha256", indexes: said.pcrs }]);
    expect(quote.firmwareVersion).toBe(BigInt(said.firmware));
  });
});
