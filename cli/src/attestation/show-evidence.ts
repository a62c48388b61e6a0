// SPDX-License-Identifier: Apache-2.0
/** Evidence in words, for a person who has not verified it. */

import {
  asAscii,
  type DeviceEvidence,
  malformed,
  parseCcaToken,
  parseHclReport,
  parseJwt,
  parseNitroEvidence,
  parseQuote,
  parseSnpReport,
  parseSpdmReport,
  parseStrictJson,
  readAzureEvidence,
  readAzureFiles,
  readDeviceEvidence,
  readNitroDocument,
  readNrasBundles,
  readSnpReport,
} from "@strongroom/attestation";
import { isStrongroomError, toHex } from "@strongroom/core";
import type { EvidenceKind } from "./evidence-kinds.ts";
import { openQuoteFile } from "./open-quote-file.ts";
import { openSnpFile } from "./open-snp-file.ts";
import { showTpmEvidence } from "./show-tpm-evidence.ts";
import { openToken } from "./verify-cca-evidence.ts";

interface Shown {
  readonly title: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What evidence of each kind says; in the order in which a file of unknown kind is tried. */
const readers: Readonly<Partial<Record<EvidenceKind, (file: Uint8Array) => Shown>>> = {
  jwt: showToken,
  nras: showTokens,
  "azure-vtpm": showAzure,
  tdx: showQuote,
  sgx: showQuote,
  nitro: showNitro,
  cca: showCca,
  tpm: showTpmEvidence,
  snp: showSnp,
};

/** Lines of name and value. @throws {StrongroomError} `EvidenceMalformed` if the bytes are no evidence of the kind. */
export function showEvidence(file: Uint8Array, kind: EvidenceKind | undefined): string {
  const asked = kind === undefined ? Object.values(readers) : [readers[kind]];
  for (const read of asked) {
    const shown = read === undefined ? undefined : attempt(read, file, kind !== undefined);
    if (shown !== undefined) {
      const fields = Object.entries(shown.fields).flatMap(([name, value]) => toLines(name, value));
      return [["unverified", shown.title] as const, ...fields]
        .map(([name, value]) => `${name.padEnd(18)}${name.length < 18 ? "" : "  "}${value}\n`)
        .join("");
    }
  }
  throw malformed("evidence of no kind that is known");
}

function attempt(
  read: (file: Uint8Array) => Shown,
  file: Uint8Array,
  isOnly: boolean,
): Shown | undefined {
  try {
    return read(file);
  } catch (error) {
    if (!isOnly && isStrongroomError(error)) {
      return undefined;
    }
    throw error;
  }
}

function showQuote(file: Uint8Array): Shown {
  const { body, version, signature, trailing } = parseQuote(openQuoteFile(file).quote);
  const { certification } = signature;
  return {
    title: `${body.kind} quote, version ${version}`,
    fields: {
      ...body.report,
      qeIsvSvn: signature.qeReport.isvSvn,
      certificates: certification.kind === "chain" ? certification.certificates.length : "none",
      trailingBytes: trailing,
    },
  };
}

function showSnp(file: Uint8Array): Shown {
  const { signed, signature, ...report } = parseSnpReport(
    readSnpReport(openSnpFile(file).report).report,
  );
  return {
    title: `snp report, version ${report.version}`,
    fields: { ...report, signedBytes: signed.length, signature },
  };
}

function showNitro(file: Uint8Array): Shown {
  const { kind, pcrs, ...fields } = parseNitroEvidence(readNitroDocument(file));
  return {
    title: `nitro document of ${kind}`,
    fields: { ...fields, pcrs: Object.fromEntries(pcrs) },
  };
}

function showCca(file: Uint8Array): Shown {
  const { platform, realm } = parseCcaToken(openToken(file));
  const { key, ...claims } = realm.claims;
  const jwk = key.export({ format: "jwk" });
  return {
    title: "cca token",
    fields: { platform: platform.claims, realm: { ...claims, key: jwk } },
  };
}

function showDevices(devices: readonly DeviceEvidence[]): Shown {
  const shown = devices.map(({ report, certificates }) => {
    const { nonce, measurements, raw, opaque } = parseSpdmReport(report);
    const fields = {
      measurements: Object.fromEntries(measurements),
      raw: Object.fromEntries(raw),
      opaque: Object.fromEntries(opaque),
    };
    return { nonce, ...fields, certificates: certificates.length };
  });
  return { title: "reports of nvidia devices", fields: { devices: shown } };
}

function showAzure(file: Uint8Array): Shown {
  const isJson = asAscii(file)?.trim().startsWith("{") === true;
  const found = isJson ? readAzureEvidence(file).evidence : readAzureFiles([file]);
  const { hardware, runtimeData, isBound } = parseHclReport(found.hclReport);
  const report = hardware.kind === "snp" ? parseSnpReport(hardware.report) : hardware.report;
  return {
    title: `azure paravisor's report, ${hardware.kind}`,
    fields: { runtimeDataBound: isBound, runtimeData: parseStrictJson(runtimeData), report },
  };
}

function showToken(file: Uint8Array): Shown {
  return { title: "token", fields: readToken(asAscii(file)?.trim() ?? "") };
}

function showTokens(file: Uint8Array): Shown {
  const reports = readDeviceEvidence(file, []);
  if (reports !== undefined) {
    return showDevices(reports);
  }
  const bundles = readNrasBundles(file).map(({ overall, devices }) => {
    const named = Object.entries(devices).map(([name, one]) => [name, readToken(String(one))]);
    return { overall: readToken(overall), ...Object.fromEntries(named) };
  });
  const [first, ...more] = bundles;
  return { title: "tokens of devices", fields: more.length === 0 ? { ...first } : { bundles } };
}

function readToken(token: string): Readonly<Record<string, unknown>> {
  const { header, payload } = parseJwt(token);
  return { header, claims: parseStrictJson(payload) };
}

type Line = readonly [string, string];

function toLines(name: string, value: unknown): readonly Line[] {
  if (value instanceof Uint8Array) {
    return [[name, toHex(value)]];
  }
  if (value instanceof Date) {
    return [[name, value.toISOString()]];
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, one]) =>
      toLines(Array.isArray(value) ? `${name.replace(/s$/u, "")}${key}` : `${name}.${key}`, one),
    );
  }
  return typeof value === "bigint" ? [[name, `0x${value.toString(16)}`]] : [[name, String(value)]];
}
