// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseQuote } from "../dcap/parse-quote.ts";
import { collectTpmEvidence } from "../tpm/collect-tpm-evidence.ts";
import { toEventLogClaims } from "./event-log-claims.ts";
import { isEventLog } from "./is-event-log.ts";
import { parseEventLog } from "./parse-event-log.ts";
import { type RegisterKind, replayEventLog } from "./replay-event-log.ts";
import {
  pcrRegisters,
  rtmrRegisters,
  type SignedRegisters,
  verifyEventLog,
} from "./verify-event-log.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (path: string) => vectors?.bytes(path) ?? new Uint8Array();

const attestation = "eventlog/google__go-attestation";
const tools = "eventlog/google__go-tpm-tools";
const tpmLog = (name: string) => `eventlog/google__go-eventlog/eventlogs__tpm__${name}.bin`;
const ccel = (name: string) => `eventlog/google__go-eventlog/eventlogs__ccel__${name}.bin`;
const trustee = "tdx/confidential-containers__trustee";

/** Registers with the values that the log itself gives: what is said of them then is all that the log can prove. */
function ownRegisters(log: Uint8Array, kind: RegisterKind): SignedRegisters {
  const parsed = parseEventLog(log);
  const bank = kind === "td" ? "sha384" : "sha256";
  return { kind, banks: new Map([[bank, replayEventLog(parsed, bank, kind, [])]]) };
}

withVectors("published event logs", () => {
  it.each<[string, number, boolean | undefined, RegisterKind]>([
    [`${attestation}/coreos_36_shielded_vm_no_secure_boot_eventlog`, 75, false, "tpm"],
    [`${attestation}/sb_cert_eventlog`, 14, true, "tpm"],
    [`${attestation}/ubuntu_2104_shielded_vm_no_secure_boot_eventlog`, 105, false, "tpm"],
    // The variable is there without a value.
    [`${attestation}/crypto_agile_eventlog`, 26, undefined, "tpm"],
    [tpmLog("arch-linux-workstation"), 24, undefined, "tpm"],
    [tpmLog("cos-101-amd-sev"), 48, true, "tpm"],
    [tpmLog("cos-85-amd-sev"), 45, true, "tpm"],
    [tpmLog("cos-93-amd-sev"), 45, true, "tpm"],
    [tpmLog("glinux-alex"), 28, false, "tpm"],
    [tpmLog("rhel8-uefi"), 82, true, "tpm"],
    [tpmLog("ubuntu-1804-amd-sev"), 87, false, "tpm"],
    [tpmLog("ubuntu-2104-no-dbx"), 111, false, "tpm"],
    [`${tools}/confidential-gke-debug-251000_eventlog.bin`, 54, true, "tpm"],
    [`${tools}/eventlogwithsp800155.bin`, 53, true, "tpm"],
    [`${tools}/gdc-host.bin`, 158, false, "tpm"],
    [`${tools}/ubuntu-2404-amd-sevsnp.bin`, 116, false, "tpm"],
    [ccel("cos-113-intel-tdx"), 43, false, "td"],
    [`${trustee}/CCEL_AAEL_alibabacloud`, 87, false, "td"],
    [`${trustee}/CCEL_data_gcp`, 21, false, "td"],
    [`${trustee}/CCEL_data_grub_gke`, 35, false, "td"],
    // No Secure Boot variables at all.
    [`${trustee}/CCEL_data`, 5, undefined, "td"],
    // Two separators in one register: where the firmware ended is anybody's guess.
    [ccel("cos-113-intel-tdx-dupe-separator"), 43, undefined, "td"],
    [ccel("cos-113-intel-tdx-dupe-separator-unpadded"), 43, undefined, "td"],
    [ccel("CCEL_unpadded.data"), 19, undefined, "td"],
    [ccel("event_log"), 27, undefined, "td"],
    [`${trustee}/CCEL_data_grub`, 37, undefined, "td"],
    [`${trustee}/CCEL_data_ovmf`, 20, undefined, "td"],
  ])("%s has %i events; secure boot: %s", (path, count, isEnabled, kind) => {
    const log = bytes(path);
    expect(isEventLog(log)).toBe(true);
    expect(parseEventLog(log).events).toHaveLength(count);
    const verdict = verifyEventLog(log, ownRegisters(log, kind));
    if (verdict.kind === "refused") {
      throw new Error(verdict.reason);
    }
    expect(toEventLogClaims(verdict.claims)["secureboot"]).toBe(isEnabled);
  });

  it.each([
    [`${attestation}/ebs_event_missing_eventlog`, 38],
    // The last, of Windows', extends no register: it names 0xffffffff.
    [`${attestation}/option_rom_eventlog`, 61],
    [tpmLog("debian-10"), 25],
    [`${attestation}/short_no_action_eventlog`, 1],
  ])("%s has %i events of SHA-1, which prove nothing", (path, count) => {
    expect(parseEventLog(bytes(path)).events).toHaveLength(count);
    const values = new Map([[7, new Uint8Array(32)]]);
    expect(
      verifyEventLog(bytes(path), { kind: "tpm", banks: new Map([["sha256", values]]) }),
    ).toMatchObject({
      class: "policy-denied",
    });
  });

  it("of SM3 alone are parsed, and prove nothing", () => {
    const log = bytes(`${trustee}/CCEL_data_csv`);
    expect(parseEventLog(log).events).toHaveLength(82);
    const values = new Map([[1, new Uint8Array(48)]]);
    expect(verifyEventLog(log, { kind: "td", banks: new Map([["sha384", values]]) })).toMatchObject(
      {
        class: "policy-denied",
      },
    );
  });

  it.each([ccel("CCEL"), ccel("cos-113-intel-tdx.table"), `${trustee}/CCEL_data_out.json`])(
    "%s is no log",
    (path) => {
      expect(isEventLog(bytes(path))).toBe(false);
    },
  );
});

withVectors("published quotes and their event logs", () => {
  it.each(["gce-cos-85-no-nonce.pb", "gce-cos-85-nonce9009.pb"])(
    "of Google's shielded VM, %s",
    (name) => {
      const { quotes, eventLogs } = collectTpmEvidence([bytes(`tpm/google__go-tpm-tools/${name}`)]);
      const pcrs = Object.assign({}, ...quotes.map((quote) => quote.pcrs));
      const verdict = verifyEventLog(eventLogs[0] ?? new Uint8Array(), pcrRegisters(pcrs));
      expect(verdict).toMatchObject({
        claims: { bank: "sha256", registers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], unproven: [] },
      });
      const [bank, register] = ["sha256", "7"] as const;
      const changed = { ...pcrs, [bank]: { ...pcrs[bank], [register]: "00".repeat(32) } };
      expect(verifyEventLog(eventLogs[0] ?? new Uint8Array(), pcrRegisters(changed))).toMatchObject(
        {
          class: "binding-mismatch",
        },
      );
    },
  );

  it("of a TD of Google's: all four registers", () => {
    const { body } = parseQuote(bytes("tdx/google__go-tdx-guest/cos-113-tdx-quote.dat"));
    const registers = body.kind === "tdx" ? rtmrRegisters(body.report) : undefined;
    expect(registers && verifyEventLog(bytes(ccel("cos-113-intel-tdx")), registers)).toMatchObject({
      claims: { registers: [1, 2, 3], unproven: [] },
    });
    const other = bytes(`${trustee}/CCEL_data_gcp`);
    expect(registers && verifyEventLog(other, registers)).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("are refused when they are of two machines", () => {
    const { body } = parseQuote(bytes(`${trustee}/AAEL_quote_tdx`));
    const registers = body.kind === "tdx" ? rtmrRegisters(body.report) : undefined;
    const log = bytes(`${trustee}/CCEL_AAEL_alibabacloud`);
    expect(registers && verifyEventLog(log, registers)).toMatchObject({
      class: "binding-mismatch",
    });
  });
});
