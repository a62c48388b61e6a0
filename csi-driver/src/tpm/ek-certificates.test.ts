// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import {
  assessAttestationKey,
  makeCredential,
  parsePemCertificates,
  verifyEkCertificate,
} from "@strongroom/attestation";
import { concatBytes, silentLog, toHex } from "@strongroom/core";
import { hasSwtpm, startSwtpm } from "@strongroom/testing";
import { evict } from "./__fixtures__/raw-commands.ts";
import { collectorOf, enrol, secret, trustOf } from "./__fixtures__/verifier.ts";
import { execute, passwordSession } from "./execute.ts";
import { readNvIndex, writeNvIndex } from "./nv-memory.ts";
import { createAttestationKey } from "./tpm-keys.ts";
import { useCleanTpm } from "./use-clean-tpm.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;

withSwtpm("a TPM that was provisioned in another way", () => {
  it("makes its endorsement key of the default template where none is stored", async () => {
    await using swtpm = await startSwtpm();
    const { transport, collector } = collectorOf(swtpm);
    await transport.use((channel) => evict(channel, 0x81010001));
    const { ek, akName } = await enrol(swtpm);
    const credential = makeCredential({ ekPublic: ek.ek, akName, secret });
    expect(toHex(await collector.activate(credential))).toBe(toHex(secret));
  });

  it("hands over the issuers that its maker stored, split over two indexes and padded", async () => {
    await using swtpm = await startSwtpm();
    const { transport, collector } = collectorOf(swtpm);
    const [issuer = new Uint8Array()] = parsePemCertificates(swtpm.issuerCertificate);
    await transport.use(async (channel) => {
      await writeNvIndex(channel, 0x01c00100, issuer.subarray(0, 700));
      const rest = new Uint8Array(issuer.length - 700 + 16).fill(0xff);
      rest.set(issuer.subarray(700));
      await writeNvIndex(channel, 0x01c00101, rest);
    });
    const { ekCertificates } = await collector.identity();
    expect(ekCertificates.slice(1).map(toHex)).toEqual([toHex(issuer)]);
    const { roots } = trustOf(swtpm);
    expect(verifyEkCertificate(ekCertificates, { roots, intermediates: [] }, new Date()).kind).toBe(
      "verified",
    );
  });

  it("opens a credential for its P-384 endorsement key, whose template has SHA-384", async () => {
    await using swtpm = await startSwtpm();
    const { transport } = collectorOf(swtpm);
    const opened = await useCleanTpm({ transport, log: silentLog }, async (channel) => {
      const certificate = await readNvIndex(channel, 0x01c00016);
      const ek = verifyEkCertificate([certificate], trustOf(swtpm), new Date());
      const ak = await createAttestationKey(channel);
      const assessed = assessAttestationKey(ak.publicArea);
      if (ek.kind === "refused" || assessed.kind === "refused") {
        throw new Error("refused");
      }
      const ekPublic = ek.claims.ek;
      const made = makeCredential({ ekPublic, akName: assessed.claims.name, secret });
      // The software TPM's maker lets this key be used with its empty password too.
      const reader = await execute(channel, {
        code: 0x147,
        handles: [ak.handle, 0x81010016],
        sessions: [passwordSession, passwordSession],
        parameters: concatBytes(made.credentialBlob, made.encryptedSecret),
      });
      return reader.sized16();
    });
    expect(toHex(opened)).toBe(toHex(secret));
  });
});
