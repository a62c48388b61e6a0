// SPDX-License-Identifier: Apache-2.0
/** TCB info of versions 2 and 3: what Intel says about platforms of one family. Intel PCS API version 4, "TcbInfo". */

import { sha256, toHex, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isScannedObject, type ScannedObject, scanJson } from "../scan-json.ts";
import {
  hexField,
  instantField,
  integerField,
  objectField,
  objectsField,
  textField,
} from "./json-fields.ts";
import * as limits from "./limits.ts";
import { byNewest, parseStanding, type TcbStanding } from "./tcb-standing.ts";

/** Security versions of a platform's components, and how Intel judges them. */
export interface TcbLevel extends TcbStanding {
  /** 16 numbers of 0 to 255. */
  readonly sgx: readonly number[];
  readonly pceSvn: number;
  /** 16 numbers of 0 to 255, in TCB infos for TDX. */
  readonly tdx?: readonly number[];
}

/** Who made a TDX module, and how Intel judges its versions. */
export interface TdxModule {
  readonly mrSigner: Uint8Array;
  readonly attributes: Uint8Array;
  readonly attributesMask: Uint8Array;
}

/** A TDX module of one major version. */
export interface TdxModuleIdentity extends TdxModule {
  /** `TDX_` and the major version, two hexadecimal digits. */
  readonly id: string;
  readonly levels: readonly ModuleLevel[];
}

/** The lowest security version of a level, newest first. */
export interface ModuleLevel extends TcbStanding {
  readonly isvSvn: number;
}

/** What Intel says about platforms of one family. */
export interface TcbInfo {
  readonly tee: "sgx" | "tdx";
  readonly issueDate: Date;
  readonly nextUpdate: Date;
  /** 12 hexadecimal digits. */
  readonly fmspc: string;
  /** 4 hexadecimal digits. */
  readonly pceId: string;
  readonly evaluationDataNumber: number;
  /** In TCB infos for TDX: the module of version 1.0. */
  readonly module?: TdxModule;
  readonly moduleIdentities: readonly TdxModuleIdentity[];
  /** SHA-256 of the text that was signed, hexadecimal. */
  readonly digest: string;
  /** Newest first. */
  readonly levels: readonly TcbLevel[];
}

/** Parses the `tcbInfo` object's text. @throws {StrongroomError} `EvidenceMalformed` if any of it is not as specified. */
export function parseTcbInfo(text: string): TcbInfo {
  const object = scanJson(text, limits.signedJson);
  // Nobody escapes anything in these objects: an escape is another spelling of a signed text, or none of Intel's.
  if (!isScannedObject(object) || text.includes("\\")) {
    throw malformed("tcb info is no plain json object");
  }
  const version = integerField(object, "version", 3);
  if (version < 2) {
    throw malformed(`tcb info of version ${version}`);
  }
  const tee = version === 3 ? toTee(textField(object, "id")) : "sgx";
  const readLevel = version === 3 ? parseLevel3 : parseLevel2;
  if (integerField(object, "tcbType", 0xffff) !== 0) {
    throw malformed("tcb info of a type that nobody knows how to compare");
  }
  const levels = objectsField(object, "tcbLevels", limits.tcbLevels);
  return {
    tee,
    issueDate: instantField(object, "issueDate"),
    nextUpdate: instantField(object, "nextUpdate"),
    fmspc: toHex(hexField(object, "fmspc", 6)),
    pceId: toHex(hexField(object, "pceId", 2)),
    evaluationDataNumber: integerField(object, "tcbEvaluationDataNumber", 0xffff_ffff),
    ...(tee === "tdx" ? { module: parseModule(objectField(object, "tdxModule")) } : {}),
    moduleIdentities: tee === "tdx" ? parseIdentities(object) : [],
    digest: toHex(sha256(utf8(text))),
    levels: levels.map((level) => readLevel(level, tee)).sort(byComponents),
  };
}

function toTee(id: string): TcbInfo["tee"] {
  if (id !== "SGX" && id !== "TDX") {
    throw malformed("tcb info is for another tee");
  }
  return id === "SGX" ? "sgx" : "tdx";
}

function parseLevel2(level: ScannedObject): TcbLevel {
  const tcb = objectField(level, "tcb");
  const sgx = Array.from({ length: 16 }, (_, index) =>
    integerField(tcb, `sgxtcbcomp${String(index + 1).padStart(2, "0")}svn`, 0xff),
  );
  return { sgx, pceSvn: integerField(tcb, "pcesvn", 0xffff), ...parseStanding(level) };
}

function parseLevel3(level: ScannedObject, tee: TcbInfo["tee"]): TcbLevel {
  const tcb = objectField(level, "tcb");
  return {
    sgx: components(tcb, "sgxtcbcomponents"),
    pceSvn: integerField(tcb, "pcesvn", 0xffff),
    ...(tee === "tdx" ? { tdx: components(tcb, "tdxtcbcomponents") } : {}),
    ...parseStanding(level),
  };
}

/** A list that is too short would leave components uncompared. */
function components(tcb: ScannedObject, name: string): readonly number[] {
  const list = objectsField(tcb, name, 16);
  if (list.length !== 16) {
    throw malformed(`${name} has ${list.length} components`);
  }
  return list.map((component) => integerField(component, "svn", 0xff));
}

function parseModule(object: ScannedObject): TdxModule {
  return {
    mrSigner: hexField(object, "mrsigner", 48),
    attributes: hexField(object, "attributes", 8),
    attributesMask: hexField(object, "attributesMask", 8),
  };
}

function parseIdentities(object: ScannedObject): readonly TdxModuleIdentity[] {
  if (!object.has("tdxModuleIdentities")) {
    return [];
  }
  const identities = objectsField(object, "tdxModuleIdentities", limits.tcbLevels).map((one) => ({
    ...parseModule(one),
    id: textField(one, "id").toUpperCase(),
    levels: objectsField(one, "tcbLevels", limits.tcbLevels).map(parseModuleLevel).sort(byNewest),
  }));
  if (new Set(identities.map(({ id }) => id)).size !== identities.length) {
    throw malformed("tcb info has a module identity twice");
  }
  return identities;
}

function parseModuleLevel(level: ScannedObject): ModuleLevel {
  const isvSvn = integerField(objectField(level, "tcb"), "isvsvn", 0xff);
  return { isvSvn, ...parseStanding(level) };
}

/** Descending, so that the first level that a platform reaches is its own. */
function byComponents(a: TcbLevel, b: TcbLevel): number {
  const left = [...a.sgx, ...(a.tdx ?? []), a.pceSvn];
  const right = [...b.sgx, ...(b.tdx ?? []), b.pceSvn];
  const index = left.findIndex((value, position) => value !== right[position]);
  return index === -1 ? 0 : (right[index] ?? 0) - (left[index] ?? 0);
}
