#!/usr/bin/env -S node --conditions=@strongroom/source
// SPDX-License-Identifier: Apache-2.0
import "../src/main.ts";
