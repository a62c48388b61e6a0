// SPDX-License-Identifier: Apache-2.0
/** A file of a volume as a vault is asked for it. */

import type { ReleaseItem } from "@strongroom/api";
import type { VolumeItem } from "../node/publish-request.ts";

/** The item of a release request. */
export function toReleaseItem(item: VolumeItem): ReleaseItem {
  switch (item.kind) {
    case "secret": {
      const { kind: _, ...secret } = item;
      return { kind: "secrets", ...secret };
    }
    case "dataKey":
      return { kind: "keys", ...item.key, unwrap: item.wrapped };
  }
}
