// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-keys`' CryptographyClient: software keys and keys in the HSM alike. */

import { CryptographyClient } from "@azure/keyvault-keys";
import { describeContract } from "./contract.ts";
import { useVaults } from "./cryptography/clients.ts";
import { encryption } from "./cryptography/encryption.ts";
import { signatures } from "./cryptography/signatures.ts";

useVaults();

const methods = { ...encryption, ...signatures };
const internal = [
  ...["disambiguateDecryptArguments", "disambiguateEncryptArguments", "ensureValid", "fetchKey"],
  ...["getKeyMaterial", "getProvider", "initializeIV"],
];

describeContract({ client: CryptographyClient, methods, internal });
