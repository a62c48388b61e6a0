// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type MintedCertificate, mintCertificate } from "@strongroom/testing";
import { parseCertificate } from "./certificate.ts";
import { checkOcsp } from "./check-ocsp.ts";
import { parseOcspResponse } from "./ocsp-response.ts";

const run = promisify(execFile);
const toCertificate = ({ certificate }: MintedCertificate) =>
  parseCertificate(new Uint8Array(certificate.raw));

let folder: string;
let ca: MintedCertificate;
let subject: MintedCertificate;

/** What OpenSSL's responder, the CA itself, says by a line of its index: state, end, revocation, number, file, name. */
async function respond(state: string, ...more: readonly string[]): Promise<Uint8Array> {
  const [first = "", revoked = ""] = state.split(" ");
  const { serialNumber } = subject.certificate;
  const line = [first, "300101000000Z", revoked, serialNumber, "unknown", "/CN=subject"].join("\t");
  await writeFile(join(folder, "index"), `${line}\n`);
  const file = (name: string) => join(folder, name);
  const issuer = ["-issuer", file("ca.pem"), "-cert", file("subject.pem")];
  await run("openssl", ["ocsp", ...issuer, "-reqout", file("request")]);
  await run("openssl", [
    ...["ocsp", "-index", file("index"), "-CA", file("ca.pem"), "-reqin", file("request")],
    ...["-rsigner", file("ca.pem"), "-rkey", file("ca.key"), "-respout", file("response")],
    ...more,
  ]);
  return new Uint8Array(await readFile(file("response")));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "strongroom-ocsp-"));
  ca = await mintCertificate({ subject: "/CN=ca", ca: true });
  subject = await mintCertificate({ subject: "/CN=subject", issuer: ca });
  await writeFile(join(folder, "ca.pem"), ca.certificatePem);
  await writeFile(join(folder, "ca.key"), ca.keyPem, { mode: 0o600 });
  await writeFile(join(folder, "subject.pem"), subject.certificatePem);
});
afterAll(() => rm(folder, { recursive: true }));

describe("a response of OpenSSL's responder", () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ["good", "V", ["-ndays", "1"], undefined],
    ["good, with the responder named by its key", "V", ["-ndays", "1", "-resp_key_id"], undefined],
    ["good, without an end", "V", [], "endorsements-unavailable"],
    ["revoked", "R 260101000000Z,keyCompromise", ["-ndays", "1"], "revoked"],
    ["revoked without a reason", "R 260101000000Z", ["-ndays", "1"], "revoked"],
    ["on hold", "R 260101000000Z,certificateHold", ["-ndays", "1"], "revoked"],
  ])("is read as it is: %s", async (_, state, more, refusal) => {
    const response = await respond(state, ...more);
    const nonce = parseOcspResponse(response)?.nonce ?? new Uint8Array();
    const at = new Date(Date.now() + 60_000);
    const answers = [{ response, nonce }];
    const refused = checkOcsp(toCertificate(subject), toCertificate(ca), answers, at);
    expect([nonce.length > 0, refused?.class]).toEqual([true, refusal]);
  });
});
