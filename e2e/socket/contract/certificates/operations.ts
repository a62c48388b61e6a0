// SPDX-License-Identifier: Apache-2.0
/** Certificates that wait for an authority outside. */

import { X509Certificate } from "node:crypto";
import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import {
  folder,
  forbidden,
  make,
  nobody,
  notFound,
  officer,
  privateKeyOf,
  request,
  secrets,
  sign,
} from "./clients.ts";

/** Their contract. */
export const operations: Readonly<Record<string, MethodContract>> = {
  mergeCertificate: {
    success: {
      name: "completes a pending certificate with what an authority outside issued",
      run: async () => {
        const chain = await sign(await request("merge"));
        const merged = await officer().mergeCertificate("merge", chain);
        expect(Buffer.from(merged.cer ?? [])).toEqual(Buffer.from(chain[0] ?? []));
        const operation = await officer().getCertificateOperation("merge");
        expect(operation.getOperationState().certificateOperation?.status).toBe("completed");
        const secret = await secrets().getSecret("merge");
        await folder().write("merged.pfx", Buffer.from(secret.value ?? "", "base64"));
        const opened = await folder().run(
          "pkcs12",
          "-in",
          "merged.pfx",
          "-passin",
          "pass:",
          "-nodes",
        );
        expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
        expect(new X509Certificate(opened).checkPrivateKey(privateKeyOf(opened))).toBe(true);
      },
    },
    refusal: {
      name: "is refused for another key's certificate, where nothing is pending, and no role",
      run: async () => {
        await request("merge-no");
        const other = await sign(await request("merge-other"));
        expect(await refusalOf(() => officer().mergeCertificate("merge-no", other))).toBe(
          "400 BadParameter",
        );
        await make("merge-done");
        expect(await refusalOf(() => officer().mergeCertificate("merge-done", other))).toBe(
          "409 Conflict",
        );
        expect(await refusalOf(() => nobody().mergeCertificate("merge-no", other))).toBe(forbidden);
      },
    },
  },
  getCertificateOperation: {
    success: {
      name: "answers a request that openssl verifies, while the certificate is disabled",
      run: async () => {
        await request("pending");
        const poller = await officer().getCertificateOperation("pending");
        const operation = poller.getOperationState().certificateOperation;
        expect(operation).toMatchObject({ status: "inProgress", issuerName: "Unknown" });
        await folder().write("pending.der", operation?.csr ?? new Uint8Array());
        const shown = await folder().run(
          "req",
          "-inform",
          "DER",
          "-in",
          "pending.der",
          "-noout",
          "-verify",
        );
        expect(shown).toContain("verify OK");
        const certificate = await officer().getCertificate("pending");
        expect([certificate.cer, certificate.properties.enabled]).toEqual([undefined, false]);
      },
    },
    refusal: {
      name: "is refused where there is none, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getCertificateOperation("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getCertificateOperation("pending"))).toBe(forbidden);
      },
    },
  },
  deleteCertificateOperation: {
    success: {
      name: "forgets the operation, so that another can begin",
      run: async () => {
        await request("forget");
        const deleted = await officer().deleteCertificateOperation("forget");
        expect(deleted.issuerName).toBe("Unknown");
        expect(await refusalOf(() => officer().deleteCertificateOperation("forget"))).toMatch(
          /^404 /,
        );
        expect((await make("forget")).properties.enabled).toBe(true);
      },
    },
    refusal: {
      name: "is refused where there is none, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().deleteCertificateOperation("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().deleteCertificateOperation("pending"))).toBe(
          forbidden,
        );
      },
    },
  },
};
