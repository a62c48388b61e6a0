// SPDX-License-Identifier: Apache-2.0
/** Whether bytes begin as firmware's event logs do. TCG PC Client Platform Firmware Profile, section 10.2. */

/** TCG_PCR_EVENT: index, type, a SHA-1 digest, a size. */
const headerBytes = 32;

/** EV_NO_ACTION. */
const noAction = 3;

/** EV_S_CRTM_VERSION, EV_POST_CODE, EV_S_CRTM_CONTENTS: what logs without a header begin with. */
const first: readonly number[] = [noAction, 1, 7, 8];

/** Looks at the first entry alone: a register, a type that logs begin with, a size that fits. */
export function isEventLog(bytes: Uint8Array): boolean {
  if (bytes.length < headerBytes) {
    return false;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const register = view.getUint32(0, true);
  const size = view.getUint32(28, true);
  return (
    register <= 1 && first.includes(view.getUint32(4, true)) && size <= bytes.length - headerBytes
  );
}
