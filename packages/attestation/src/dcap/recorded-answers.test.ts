// SPDX-License-Identifier: Apache-2.0
/** Answers of Intel's service as others recorded them, each by its file: what is found in them, and that Intel signed it. */

import { verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { intelSgxRoot } from "./dcap-root.ts";
import { hasCommonName, signingPath } from "./intel-path.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (path: string) => vectors?.bytes(path) ?? new Uint8Array();
const read = (name: string) =>
  readDcapEndorsements([bytes(`collateral-intel-pcs/matter-labs__teepot/${name}.json`)]);

withVectors("a recorded answer of Intel's service", () => {
  it.each([
    ["sgx_qe_identity", "QE"],
    ["sgx_qe_identity_v3", "QE"],
    ["sgx_qve_identity", "QVE"],
    ["sgx_qae_identity", "QAE"],
    ["tdx_qe_identity", "TD_QE"],
    ["sgx_tcb_info_00906ED50000", "sgx"],
    ["sgx_tcb_info_early", "sgx"],
    ["sgx_tcb_info_v3", "sgx"],
    ["tdx_tcb_info", "tdx"],
    ["tdx_tcb_info_00806F050000", "tdx"],
    ["tdx_tcb_info_eval17", "tdx"],
  ])("%s has a statement about %s, which Intel's signer signed", (name, about) => {
    const { certificates, tcbInfos, identities, revocationLists } = read(name);
    const statements = [...tcbInfos, ...identities];
    expect(revocationLists).toEqual([]);
    expect(statements.map(({ value }) => ("tee" in value ? value.tee : value.id))).toEqual([about]);
    const signer = certificates.find((one) => hasCommonName(one, signingPath));
    const root = certificates.find(({ fingerprint }) => fingerprint === intelSgxRoot.fingerprint);
    expect(root && signer?.isSignedBy(root.publicKey)).toBe(true);
    const [{ signed, signature } = { signed: new Uint8Array(), signature: new Uint8Array() }] =
      statements;
    const key = signer && { key: signer.publicKey, dsaEncoding: "ieee-p1363" as const };
    expect(key && verify("sha256", signed, key, signature)).toBe(true);
  });

  it.each(["pck_crl_platform", "pck_crl_processor", "pck_crl_processor_der"])(
    "%s has a list that its issuer signed, whom Intel's root certified",
    (name) => {
      const { certificates, revocationLists } = read(name);
      const [list] = revocationLists;
      const issuer = certificates.find(({ subject }) => subject === list?.issuer);
      const root = certificates.find(({ fingerprint }) => fingerprint === intelSgxRoot.fingerprint);
      expect(revocationLists).toHaveLength(1);
      expect(issuer && list?.isSignedBy(issuer.publicKey)).toBe(true);
      expect(root && issuer?.isSignedBy(root.publicKey)).toBe(true);
    },
  );

  it.each(["fmspcs", "sgx_tcb_eval_nums", "tdx_tcb_eval_nums"])(
    "%s has nothing that a quote is verified with",
    (name) => {
      expect(() => read(name)).toThrow(malformedWith(""));
    },
  );
});

withVectors("a recorded list of another CA", () => {
  it("revokes the certificate that came with it, and not its issuer", () => {
    const pem = (name: string) => {
      const text = vectors?.text(`tdx/premAI-io__pcci-attestation-stack/${name}.pem`) ?? "";
      return parsePemBlocks(text)[0]?.der ?? new Uint8Array();
    };
    const list = parseRevocationList(pem("ca_crl"));
    const [ca, leaf] = ["ca_cert", "revoked_cert"].map((name) => parseCertificate(pem(name)));
    expect(list.issuer).toBe(ca?.subject);
    expect(ca && list.isSignedBy(ca.publicKey)).toBe(true);
    expect([ca, leaf].map((one) => list.revoked.has(one?.serial ?? ""))).toEqual([false, true]);
  });
});
