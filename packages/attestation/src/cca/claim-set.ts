// SPDX-License-Identifier: Apache-2.0
/** Reads the claims of a CCA token by their numbers: each of its type and size, or malformed. */

import { malformed } from "../byte-reader.ts";
import { type CborMap, isBytes, isCborMap, readCbor } from "../read-cbor.ts";

/** Hash algorithms by the names of RFC 9393's registry, and Node's names for them. */
const hashes: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ["sha-256", "sha256"],
  ["sha-384", "sha384"],
  ["sha-512", "sha512"],
]);

/** Sizes of a measurement. */
const measurementBytes: readonly number[] = [32, 48, 64];

/** Characters of a text. */
const longestText = 1024;

/** A claim set. Claims that are not asked for are passed over, as EAT has it. */
export class ClaimSet {
  readonly #claims: CborMap;
  readonly #name: string;

  constructor(claims: CborMap, name: string) {
    this.#claims = claims;
    this.#name = name;
  }

  /** Parses a claim set. @throws {StrongroomError} `EvidenceMalformed` if the bytes are no map. */
  static parse(payload: Uint8Array, name: string): ClaimSet {
    const claims = readCbor(payload);
    if (!isCborMap(claims)) {
      throw malformed(`the ${name} token has no claims`);
    }
    return new ClaimSet(claims, name);
  }

  has(label: number): boolean {
    return this.#claims.has(label);
  }

  /** A byte string of one of these sizes; of any but none where there are no sizes. */
  bytes(label: number, sizes?: readonly number[]): Uint8Array {
    const value = this.#claims.get(label);
    if (!isBytes(value) || !(sizes?.includes(value.length) ?? value.length > 0)) {
      throw this.#wrong(label);
    }
    return value;
  }

  measurement(label: number): Uint8Array {
    return this.bytes(label, measurementBytes);
  }

  text(label: number): string {
    const value = this.#claims.get(label);
    if (typeof value !== "string" || value.length === 0 || value.length > longestText) {
      throw this.#wrong(label);
    }
    return value;
  }

  optionalText(label: number): string | undefined {
    return this.has(label) ? this.text(label) : undefined;
  }

  /** A hash algorithm, by Node's name. */
  hash(label: number): string {
    const hash = hashes.get(this.#claims.get(label));
    if (hash === undefined) {
      throw this.#wrong(label);
    }
    return hash;
  }

  /** A whole number: CBOR is read without others. */
  number(label: number): number {
    const value = this.#claims.get(label);
    if (typeof value !== "number") {
      throw this.#wrong(label);
    }
    return value;
  }

  /** Refuses a claim that must not be there. */
  without(label: number): void {
    if (this.has(label)) {
      throw malformed(`the ${this.#name} token has claim ${label}, which its profile has not`);
    }
  }

  /** One of these, by its number as the draft has it or by its name as some write it; undefined where there is none. */
  optionalChoice<const T extends string>(label: number, choices: readonly T[]): T | undefined {
    const value = this.#claims.get(label);
    const choice = choices.find((one, number) => value === number || value === one);
    if (choice === undefined && this.has(label)) {
      throw this.#wrong(label);
    }
    return choice;
  }

  list(label: number): readonly unknown[] {
    const value: unknown = this.#claims.get(label);
    if (!Array.isArray(value)) {
      throw this.#wrong(label);
    }
    return value;
  }

  #wrong(label: number): Error {
    return malformed(`claim ${label} of the ${this.#name} token is missing or of another form`);
  }
}
