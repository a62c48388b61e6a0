// SPDX-License-Identifier: Apache-2.0
/** An HSM in memory, as far as CAs need one: P-256 keys that sign digests; a blob is the key itself. */

import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import type { HsmClient } from "@strongroom/hsm/client";
import { curves } from "../../../keys/software/curves.ts";
import { signEcdsa } from "../../../keys/software/ecdsa.ts";

/** Makes it. */
export function softwareHsm(): HsmClient {
  const parts: Pick<HsmClient, "generateKey" | "sign"> = {
    generateKey: async () => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return {
        blob: new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" })),
        publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
      };
    },
    sign: async (blob, _algorithm, digest) => {
      const key = createPrivateKey({ key: Buffer.from(blob), format: "der", type: "pkcs8" });
      return signEcdsa(curves["P-256"], key, digest);
    },
  };
  return parts as HsmClient;
}
