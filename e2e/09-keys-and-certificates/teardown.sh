#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

kubectl delete namespace e2e-keys --ignore-not-found --timeout=90s >/dev/null
