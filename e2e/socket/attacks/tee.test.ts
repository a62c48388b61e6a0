// SPDX-License-Identifier: Apache-2.0
/** Attacks by machines: TEEs that are broken, old, open to their host or of somebody else, and evidence that is not the machine's. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { toHex } from "@strongroom/core";
import {
  amdSerial,
  createAmdVendor,
  createAzureMachine,
  intelBodyOffset,
  mintIntelCrl,
  pemOf,
} from "@strongroom/testing";
import type { MakeBody } from "../fixtures/attesting.ts";
import { refusedEvidence } from "../fixtures/refused-evidence.ts";
import { amd, amdChain, azureBody, ccaBody, intel, quoteBody, snpBody } from "../fixtures/tee.ts";
import { amdRoot, teeAuthority } from "../fixtures/tee-authority.ts";
import { type Attack, describeAttacks } from "./attack.ts";
import { type AttackingMachine, attack, machines, openStage, type Stage } from "./tee-row.ts";

const snp = (body: MakeBody, rules: object = {}, honest?: MakeBody): AttackingMachine => ({
  ...{ kind: "SevSnpVm", body, rules: { snp: rules } },
  ...(honest && { honest }),
});

const stolen = new Uint8Array(64).fill(0x5e);
const ofStolenChip: MakeBody = (r) =>
  snpBody(r, { chipId: stolen }, amdChain(amd.leaf({ hwId: stolen })));
const milan = createAmdVendor("Milan");
const ofMilan: MakeBody = (r) =>
  snpBody(r, {}, amdChain(milan.leaf(), milan.ask, milan.ark), milan);
const genoaRoots = teeAuthority().snp.roots;
const old = amd.chip.tcb.with(7, 0xd0);
const floor = { floors: { Genoa: { microcode: 0xdb } } };
const ofFirmware =
  (tcb: Uint8Array): MakeBody =>
  (r) => {
    const change = { currentTcb: tcb, reportedTcb: tcb, committedTcb: tcb };
    return snpBody(r, { ...change, bytes: { 496: tcb } }, amdChain(amd.leaf({ tcb })));
  };
const ofProvider =
  (cspId: string): MakeBody =>
  (r) =>
    snpBody(r, { flags: 4 }, amdChain(amd.leaf({ kind: "vlek", cspId }), amd.asvk));
const withList =
  (list: Parameters<typeof amd.crl>[0]): MakeBody =>
  (r) =>
    snpBody(r, {}, amdChain() + pemOf("X509 CRL", amd.crl(list)));
const past = new Date(Date.now() - 60_000);
const required = { revocation: "Required" };

const tdx = (change: Parameters<typeof quoteBody>[2]): AttackingMachine => ({
  kind: "TdxVm",
  body: (r) => quoteBody(r, "td15-5", change),
});
const setMigratable = (quote: Buffer) =>
  void quote.writeUInt8(0x20, intelBodyOffset("td15-5") + 123);
const listOf = (list: Partial<Parameters<typeof mintIntelCrl>[0]>) =>
  mintIntelCrl({
    issuer: intel.ca,
    thisUpdate: new Date(Date.now() - 86_400_000),
    nextUpdate: new Date(Date.now() + 86_400_000),
    ...list,
  });
const sameMachine = (kind: string, against: object): AttackingMachine => ({
  ...{ kind, against },
  body: machines[kind]?.[1] ?? (() => ({})),
});

const measurement = (byte: number) => new Uint8Array(48).fill(byte);
/** The one that is wanted is that of the honest machine, which is zeros. */
const paravisors = {
  unreferenced: "Refuse",
  references: [
    {
      ...{ name: "paravisors", kind: "AzureGuest" },
      claims: [
        {
          claim: "x-ms-isolation-tee.x-ms-sevsnpvm-launchmeasurement",
          values: [toHex(measurement(0))],
        },
      ],
    },
  ],
};
const ownParavisor = createAzureMachine(amd, { report: { bytes: { 144: measurement(7) } } });
const guestOfParavisor = createAzureMachine(amd, { report: { vmpl: 2 } });

const attacks: readonly Attack<Stage>[] = [
  ...refusedEvidence.map(([what, kind, body, meets]) =>
    attack(`presents ${what}`, meets, { kind, body }),
  ),
  attack("signs with the key of a chip that is denied since it was taken", "policy-denied", {
    ...snp(ofStolenChip, { deniedChips: [toHex(stolen)] }),
  }),
  attack("brings a chip of its own to a list of chips", "policy-denied", {
    ...snp(ofStolenChip, { allowedChips: [toHex(amd.chip.id)] }),
  }),
  attack("signs with a chip of a line that is denied", "policy-denied", {
    ...snp(ofMilan, { deniedProducts: ["Milan"], roots: [...genoaRoots, amdRoot(milan)] }),
  }),
  attack("signs with a chip of a maker that nobody configured", "untrusted-chain", snp(ofMilan)),
  attack(
    "runs firmware that is older than the floor",
    "tcb-out-of-date",
    snp(ofFirmware(old), floor),
  ),
  attack("may go back to firmware that is older than the floor", "tcb-out-of-date", {
    ...snp((r) => snpBody(r, { committedTcb: old }), floor),
  }),
  attack("signs with the key of a provider that is not accepted", "policy-denied", {
    ...snp(ofProvider("CN=attacker"), { providers: ["CN=host"] }, ofProvider("CN=host")),
  }),
  attack("asks for the report at a lower privilege level of the guest", "policy-denied", {
    ...snp((r) => snpBody(r, { vmpl: 2 }), { vmpls: [0] }),
  }),
  attack("has memory that answers at two addresses", "policy-denied", {
    ...snp((r) => snpBody(r, { platformInfo: 0x01n }), { aliasCheck: "Required" }),
  }),
  attack("shows the list of who was revoked as it was before", "expired", {
    ...snp(withList({ nextUpdate: past }), required, withList({})),
  }),
  attack("has its chip's key certified by a signer that was revoked", "revoked", {
    ...snp(withList({ revoked: [amdSerial.ask] }), {}, withList({})),
  }),
  attack("leaves out the list of who was revoked", "endorsements-unavailable", {
    ...snp((r) => snpBody(r), required, withList({})),
  }),
  attack("opens its guest to the host, where only the authority allows that", "PolicyDenied", {
    ...snp((r) => snpBody(r, { policy: 0xb0000n }), { debug: "Allow" }),
  }),
  attack(
    "runs a trust domain that another one may move",
    "policy-denied",
    tdx({ quote: setMigratable }),
  ),
  attack("has a platform whose certificate was revoked", "revoked", {
    ...tdx({ endorsements: { pckCrl: listOf({ revoked: [intel.pck.serial] }) } }),
  }),
  attack("shows Intel's list of who was revoked as it was before", "expired", {
    ...tdx({ endorsements: { pckCrl: listOf({ nextUpdate: past }) } }),
  }),
  attack("has a platform of a family that is denied", "policy-denied", {
    ...sameMachine("TdxVm", { tdx: { deniedFamilies: ["00906ed50000"] } }),
  }),
  attack("has a platform that is denied", "policy-denied", {
    ...sameMachine("TdxVm", { tdx: { deniedPlatforms: ["ab".repeat(16)] } }),
  }),
  attack("has an enclave on a platform that is not a listed one", "policy-denied", {
    ...sameMachine("SgxEnclave", { sgx: { allowedPlatforms: ["cd".repeat(16)] } }),
  }),
  attack("has a kind of machine that is not accepted", "policy-denied", {
    ...sameMachine("Nitro", { kinds: ["SevSnpVm", "TdxVm"] }),
  }),
  attack("plays the paravisor of an Azure machine on a chip of its own", "policy-denied", {
    ...{ kind: "AzureGuest", rules: paravisors, body: (r) => azureBody(r, ownParavisor) },
  }),
  attack("makes up a paravisor's data as that one's guest", "binding-mismatch", {
    ...{ kind: "AzureGuest", rules: paravisors, body: (r) => azureBody(r, guestOfParavisor) },
  }),
  attack("has a realm on a platform that is open to debuggers", "policy-denied", {
    ...{ kind: "Cca", body: (r) => ccaBody(r, { platform: { 2395: 0x4000 } }) },
  }),
  attack("has a realm that another platform vouches for", "binding-mismatch", {
    ...{ kind: "Cca", body: (r) => ccaBody(r, { platform: { 10: new Uint8Array(32) } }) },
  }),
];

describe("an attacker with a machine", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  }, 90_000);
  afterAll(async () => {
    await stage.attesting[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: "granted" }, attacks);
});
