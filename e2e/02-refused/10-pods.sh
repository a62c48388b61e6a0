#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-refused

pod $NS control reader refused admitted
pod $NS no-role stranger refused admitted
pod $NS wrong-pcr reader refused wrong-pcr
pod $NS silent-about-class reader refused silent-about-class
pod $NS ungoverned reader refused ungoverned
pod $NS unknown-secret reader refused nothing-here
pod $NS one-of-two reader refused admitted,wrong-pcr
pod $NS dots reader refused ../admitted
pod $NS absolute reader refused /etc/passwd

pod_starts $NS control
pod_refused $NS no-role 'admitted: Forbidden'
pod_refused $NS wrong-pcr 'wrong-pcr: PolicyDenied'
pod_refused $NS silent-about-class 'silent-about-class: PolicyDenied'
pod_refused $NS ungoverned 'ungoverned: PolicyDenied'
pod_refused $NS unknown-secret 'nothing-here: NotFound'
pod_refused $NS one-of-two 'wrong-pcr: PolicyDenied'
pod_refused $NS dots 'InvalidArgument'
pod_refused $NS absolute 'InvalidArgument'
