#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=use.sh
source "$(dirname "$0")/use.sh"

use client key
use client certificate
use stranger nothing
