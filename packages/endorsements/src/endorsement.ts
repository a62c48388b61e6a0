// SPDX-License-Identifier: Apache-2.0
/** An endorsement as it is kept: its name, what was answered, and how new it is. */

/**
 * What a vendor signed, by what it is about. Vendor, kind and parameters, as `amd/crl/Milan/vcek` or
 * `intel/tcb-info/tdx/00806f050000`; everything to ask for it is in there.
 */
export type EndorsementName = string;

/** One endorsement that was verified when it was taken. */
export interface Endorsement {
  readonly name: EndorsementName;
  /** Answers as they came: PEM, DER or JSON, each with what is needed to verify it. */
  readonly files: readonly Uint8Array[];
  readonly fetchedAt: Date;
  readonly age: EndorsementAge;
}

/** Which of two endorsements of one name is newer, and until when one counts. */
export interface EndorsementAge {
  /** TCB evaluation data number, or CRL number. */
  readonly number?: bigint;
  /** Only of what the vendor issues again and again. */
  readonly issuedAt?: Date;
  /** Without, it counts for ever. */
  readonly nextUpdate?: Date;
}

/** Whether `age` came before `known`: a lower number, or the same and an earlier date. */
export function isOlder(age: EndorsementAge, known: EndorsementAge): boolean {
  const [number, knownNumber] = [age.number ?? 0n, known.number ?? 0n];
  if (number !== knownNumber) {
    return number < knownNumber;
  }
  return (age.issuedAt?.getTime() ?? 0) < (known.issuedAt?.getTime() ?? 0);
}

/** Whether an endorsement may still be used. */
export function isCurrent({ age }: Endorsement, at: Date): boolean {
  return age.nextUpdate === undefined || at < age.nextUpdate;
}
