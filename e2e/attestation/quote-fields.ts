// SPDX-License-Identifier: Apache-2.0
/** Fields of quotes, to change one and sign again. Intel TDX DCAP quoting library, A.3. */

/** Name, offset and length. */
export type Field = readonly [name: string, offset: number, length: number];

/** Some of them. */
export type Fields = readonly [Field, ...Field[]];

const fields = (list: Fields): Fields => list;

/** Fields of a body by offset and length: of the guest's own, and those that verifiers judge. */
export const bodyFields = {
  td: {
    free: fields([
      ["mrseam", 16, 48],
      ["xfam", 128, 8],
      ["mrtd", 136, 48],
      ["mrconfigid", 184, 48],
      ["rtmr", 328, 192],
      ["report data", 520, 64],
    ]),
    judged: fields([
      ["tee tcb svn", 0, 16],
      ["mrsignerseam", 64, 48],
      ["seam attributes", 112, 8],
      ["td attributes", 120, 8],
    ]),
  },
  sgx: {
    free: fields([
      ["cpusvn", 0, 16],
      ["mrenclave", 64, 32],
      ["mrsigner", 128, 32],
      ["report data", 320, 64],
    ]),
    judged: fields([
      ["miscselect", 16, 4],
      ["attributes", 48, 16],
      ["reserved", 20, 12],
    ]),
  },
} as const;

/** Fields of a quoting enclave's report. */
export const qeFields: Fields = [
  ["qe miscselect", 16, 4],
  ["qe attributes", 48, 16],
  ["qe mrsigner", 128, 32],
  ["qe isvprodid", 256, 2],
  ["qe isvsvn", 258, 2],
  ["qe cpusvn", 0, 16],
  ["qe mrenclave", 64, 32],
  ["qe report data", 320, 64],
];
