// SPDX-License-Identifier: Apache-2.0
/** Where endorsements may be asked for. No host is ever asked that is not named here: with nothing named, nothing is. */

/** A server over HTTPS. */
export interface HttpsSource {
  /** Base URL without a trailing slash: the vendor's own, or a cache that answers as it does. */
  readonly url: string;
  /** PEM certificates that the server's must be of. */
  readonly ca: string;
}

/** Intel's Provisioning Certification Service, version 4, or a caching service (PCCS). */
export interface IntelSource extends HttpsSource {
  /** URL of the root CA's revocation list, which Intel has on another host; without, it is asked for as PCCS has it. */
  readonly rootCrlUrl?: string;
  /** Subscription key, which Intel wants where a platform's PCK certificate is asked for. */
  readonly subscriptionKey?: string;
  /** TCB info and identities of this update; `standard` where none is named. */
  readonly update?: "early" | "standard";
}

/** All of them. */
export interface EndorsementSources {
  /** AMD's Key Distribution Service. */
  readonly amd?: HttpsSource;
  readonly intel?: IntelSource;
  /**
   * Azure's metadata service (THIM), which answers over plain HTTP: allowed for link-local and loopback addresses
   * alone. What it answers is AMD's, and is verified as that.
   */
  readonly azureThim?: { readonly url: string };
}
