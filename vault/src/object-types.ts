// SPDX-License-Identifier: Apache-2.0
/** Every kind of object that a vault holds. */

import { certificateType } from "./certificates/certificate-type.ts";
import { keyKind } from "./keys/key-kind.ts";
import type { ObjectType } from "./objects/object-type.ts";
import { secretType } from "./secrets/secret-type.ts";

/** The kinds. */
export const objectTypes: readonly ObjectType[] = [secretType, keyKind, certificateType];
