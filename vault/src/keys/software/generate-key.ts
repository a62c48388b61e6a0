// SPDX-License-Identifier: Apache-2.0
/** Software keys, made by OpenSSL off the main thread. */

import { generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { type KeyShape, type KeyType, keyShapes, type MlDsaName } from "../key-type.ts";
import { curves } from "./curves.ts";
import { aesMaterial, type KeyMaterial, materialOf } from "./private-key.ts";

/** The public exponent where none is asked for: F4. */
export const defaultPublicExponent = 65_537;

const generate = promisify(generateKeyPair);

/** Makes a key; the caller wipes its material. */
export async function generateSoftwareKey(
  type: KeyType,
  publicExponent: number = defaultPublicExponent,
): Promise<KeyMaterial> {
  const shape: KeyShape = keyShapes[type];
  switch (shape.family) {
    case "ec": {
      const { privateKey } = await generate("ec", { namedCurve: curves[shape.curve].openssl });
      return materialOf(type, privateKey);
    }
    case "rsa": {
      const options = { modulusLength: shape.bits, publicExponent };
      const { privateKey } = await generate("rsa", options);
      return materialOf(type, privateKey);
    }
    case "akp":
      return materialOf(type, await generateMlDsa(shape.parameters));
    case "aes":
      return aesMaterial(type, new Uint8Array(randomBytes(shape.bits / 8)));
  }
}

async function generateMlDsa(parameters: MlDsaName): Promise<KeyObject> {
  const name = parameters.toLowerCase() as Lowercase<MlDsaName>;
  const { privateKey } = await generate(name as "ml-dsa-44", {});
  return privateKey;
}
