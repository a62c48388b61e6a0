// SPDX-License-Identifier: Apache-2.0
/** Where other people's verifiers decide otherwise than ours, and why that is meant. A difference that is not here fails. */

import type { Explained } from "./comparison.ts";

const google = "go-sev-guest";
const tdx = "go-tdx-guest";
const phala = "@phala/dcap-qvl";

/** The table. */
export const disagreements: readonly Explained[] = [
  {
    ...{
      oracle: google,
      theirs: /^(?:could not interpret report: )?mbz range \[/u,
      ours: "accepts",
    },
    why: "bits without a meaning are set: a finding (`reserved-bits`) with us, so that firmware that gives them one is not locked out",
  },
  {
    ...{ oracle: google, theirs: /malformed guest policy/u, ours: "accepts" },
    why: "bits of the guest's policy: appraisal's affair with us, which refuses unknown ones unless they are named",
  },
  {
    ...{ oracle: google, theirs: "accepts", ours: /^malformed: a report has 1184 bytes/u },
    why: "bytes after the report: nobody verified them, they are refused with us and passed over there",
  },
  {
    ...{ oracle: google, theirs: "accepts", ours: /^bad-signature: the report was not signed/u },
    why: "a report that says its chip's key is masked, signed all the same: firmware writes zeros then, so this is no firmware's",
  },
  {
    ...{ oracle: google, theirs: "accepts", ours: /^untrusted-chain: the key is of another TCB/u },
    why: "REPORTED_TCB is not that of the certificate: part of verification with us, of a separate validation there",
  },
  {
    ...{ oracle: google, theirs: "accepts", ours: /^untrusted-chain: the key is another chip's/u },
    why: "CHIP_ID is not that of the certificate: part of verification with us, of a separate validation there",
  },
  {
    ...{
      oracle: google,
      theirs: "accepts",
      ours: /^untrusted-chain: the report is of another product/u,
    },
    why: "a report of version 3 or later without a processor's family: unknown and refused with us, taken for version 2 there",
  },
  {
    ...{ oracle: phala, theirs: "accepts", ours: /^malformed: /u },
    why: "lengths that contradict each other, or bytes that belong to no part: refused with us, read as far as needed there",
  },
  {
    ...{ oracle: phala, theirs: /certificate chain/u, ours: "accepts" },
    why: "a damaged CA certificate in the quote: certificates are hints with us, and the same one came with the endorsements",
  },
  {
    ...{ oracle: phala, theirs: "accepts", ours: /^tcb-out-of-date: the tdx module/u },
    why: "TDX module that Intel did not sign, or below every level: its identity is compared with us and not in their JavaScript",
  },
  {
    ...{ oracle: phala, theirs: "accepts", ours: /^bad-signature: the quoting enclave vouches/u },
    why: "report data of the quoting enclave after the digest: all 64 bytes are compared with us, 32 there",
  },
  {
    ...{
      oracle: phala,
      theirs: /Reserved bits in TD|SEPT_VE_DISABLE|mr service td/u,
      ours: "accepts",
    },
    why: "attributes of a TD that are no debugging and no migration: claims with us, which a policy compares",
  },
  {
    ...{ oracle: phala, theirs: /CaUsedAsEndEntity/u, ours: "accepts" },
    why: "another character in place of a line's end in PEM: passed over with us, as what counts is the certificate's own signature",
  },
  {
    ...{ oracle: tdx, theirs: /certificate|root cert/iu, ours: "accepts" },
    why: "a damaged CA certificate in the quote: certificates are hints with us, and the same one came with the endorsements",
  },
  {
    ...{ oracle: tdx, theirs: "accepts", ours: /^policy-denied: /u },
    why: "debugging, migration: refused with us unless accepted by name, left to a separate validation there",
  },
];
