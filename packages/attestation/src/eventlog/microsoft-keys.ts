// SPDX-License-Identifier: Apache-2.0
/**
 * Microsoft's keys of Secure Boot, by SHA-256 of their certificates. Sources: Microsoft's repository `secureboot_objects`,
 * PreSignedObjects, and, for Hyper-V's platform key and Azure's kernel modules, the templates of Secure Boot in `openvmm`.
 */

import type { SecureBootKeys } from "./secure-boot-keys.ts";

/** Windows Production PCA 2011 and Windows UEFI CA 2023: they sign Windows' boot manager, and nothing of anybody else's. */
const windows = [
  "e8e95f0733a55e8bad7be0a1413ee23c51fcea64b3c8fa6a786935fddcc71961",
  "076f1fea90ac29155ebf77c17682f75f1fdd1be196da302dc8461e350a9ae330",
];

/** UEFI CA 2011 and 2023, Option ROM UEFI CA 2023, and Azure Services Linux Kmod PCA. */
const others = [
  "48e99b991f57fc52f76149599bff0a58c47154229b9f8d603ac40d3500248507",
  "f6124e34125bee3fe6d79a574eaa7b91c0e7bd9d929c1a321178efd611dad901",
  "e5be3e64c6e66a281457ecdece0d6d0787577aad2a3a0144262c10c14ba8d8f1",
  "ca400f913ac6a55a5cc8629ce8d2b847bfa0fccad20a4d133c1f76dab2b36925",
];

/** What Azure's machines begin with. */
export const microsoftKeys: SecureBootKeys = {
  platformKey: "b3bd98f4777241d721a96cd584dcb9d4b2098beb269c44442bdf609adce3b6c0",
  // KEK CA 2011 and KEK 2K CA 2023.
  exchangeKeys: [
    "a1117f516a32cefcba3f2d1ace10a87972fd6bbe8fe0d0b996e09e65d802a503",
    "3cd3f0309edae228767a976dd40d9f4affc4fbd5218f2e8cc3c9dd97e8ac6f9d",
  ],
  authorities: [...windows, ...others],
  windowsAuthorities: windows,
};
