// SPDX-License-Identifier: Apache-2.0
/** Readers of signed XML, and of NVIDIA's reference values, in what people keep them in. */

import { createRimVendor } from "@strongroom/testing";
import { parseRim } from "../../packages/attestation/src/nvidia/parse-rim.ts";
import { readRim } from "../../packages/attestation/src/nvidia/read-rim.ts";
import { parseXml } from "../../packages/attestation/src/xml/parse-xml.ts";
import { bytesOf, type FuzzTarget, json, target } from "./fuzz-target.ts";

/** All of them. */
export function xmlTargets(): readonly FuzzTarget[] {
  const rim = createRimVendor().rim();
  const answer = json({ id: "a", rim: Buffer.from(rim).toString("base64") });
  const small = `<?xml version="1.0"?><a xmlns:p="u:x" p:b="&#65;"><p:c d='&lt;'/>e</a>`;
  return [
    target("XML", parseXml, 40, bytesOf(small)),
    target("NVIDIA's reference values", parseRim, 10, rim),
    target("file of NVIDIA's reference values", readRim, 10, rim, answer),
  ];
}
