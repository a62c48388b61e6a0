// SPDX-License-Identifier: Apache-2.0
/** Answers of Intel's service as others recorded them, each by its file: what is found in them, and that Intel signed it. */

import { verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { intelSgxRoots } from "./dcap-root.ts";
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
    const root = certificates.find(
      ({ fingerprint }) => fingerprint === intelSgxRoots[0]?.fingerprint,
    );
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
      const root = certificates.find(
        ({ fingerprint }) => fingerprint === intelSgxRoots[0]?.fingerprint,
      );
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

withVectors("a statement of Intel's in a file of its own", () => {
  const google = "tdx/google__go-tdx-guest";
  const signers = "tdx/confidential-dot-ai__attestation-rs/qe_identity_signing_chain.pem";

  it.each([
    [`${google}/sample_qeIdentity_response`, "TD_QE"],
    [`${google}/sample_tcbInfo_response`, "tdx"],
    [`${google}/sample_tcbinfo_response_v5`, "tdx"],
  ])("%s is about %s, and signed by the key that all of Intel's signers have", (path, about) => {
    const { tcbInfos, identities } = readDcapEndorsements([bytes(path)]);
    const [statement] = [...tcbInfos, ...identities];
    expect(statement && ("tee" in statement.value ? statement.value.tee : statement.value.id)).toBe(
      about,
    );
    const [signer] = readDcapEndorsements([bytes(signers)]).certificates;
    const key = signer && { key: signer.publicKey, dsaEncoding: "ieee-p1363" as const };
    expect(statement && key && verify("sha256", statement.signed, key, statement.signature)).toBe(
      true,
    );
  });

  it.each([`${google}/pckcrl`, `${google}/rootcrl.der`])("%s is a list", (path) => {
    expect(readDcapEndorsements([bytes(path)]).revocationLists).toHaveLength(1);
  });

  const sample = "sgx/intel__SGX-TDX-DCAP-QuoteVerificationLibrary";
  it.each([
    [`${sample}/intermediateCaCrl.pem`, `${sample}/intermediateCaCrl.der`],
    [`${sample}/rootCaCrl.pem`, `${sample}/rootCaCrl.der`],
  ])("%s is the list of %s", (pem, der) => {
    const [block] = parsePemBlocks(Buffer.from(bytes(pem)).toString());
    expect(readDcapEndorsements([bytes(pem)]).revocationLists).toHaveLength(1);
    expect(toHex(block?.der ?? new Uint8Array())).toBe(toHex(bytes(der)));
  });

  it("qveIdentity.json of Intel's sample is about QVE, and qeIdentity.yml is no statement", () => {
    const { identities } = readDcapEndorsements([bytes(`${sample}/qveIdentity.json`)]);
    expect(identities.map(({ value }) => value.id)).toEqual(["QVE"]);
    const source = bytes(`${sample}/qeIdentity.yml`);
    expect(() => readDcapEndorsements([source])).toThrow(malformedWith("no endorsement"));
  });
});
