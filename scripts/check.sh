#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that can be said about the sources without running them. Ends at the first complaint.
set -euo pipefail
# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
cd "$ROOT"

step() {
  say "check: $1"
  "${@:2}"
}

source_without_licence() {
  local file bad=0
  while IFS= read -r file; do
    head -3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$file: no licence line" && bad=1; }
  done < <(git ls-files --cached --others --exclude-standard '*.ts' '*.go' '*.sh' '*.mjs' 'Makefile' '*Containerfile' ':!:*/generated/*')
  return "$bad"
}

# What is generated is as long as it is.
source_too_long() {
  local file lines bad=0
  while IFS= read -r file; do
    lines=$(wc -l <"$file")
    ((lines <= 200)) || { echo "$file: $lines lines, 200 is the limit" && bad=1; }
  done < <(git ls-files --cached --others --exclude-standard '*.ts' ':!:*/generated/*')
  return "$bad"
}

# For the other architecture too: images are made for both.
go_helper() (
  local arch
  cd csi-driver/tee-device
  [[ -z $(gofmt -l .) ]] || { gofmt -d . && return 1; }
  for arch in amd64 arm64; do
    CGO_ENABLED=0 GOARCH=$arch go vet ./... && CGO_ENABLED=0 GOARCH=$arch go build -o /dev/null . || return 1
  done
  CGO_ENABLED=0 go test ./...
)

helm_lint() { helm lint --quiet charts/strongroom; }

helm_template() {
  kubernetes_schemas
  helm template strongroom charts/strongroom --namespace strongroom-system --include-crds \
    --kube-version "$KUBERNETES_VERSION" >"$WORK/chart.yaml"
  # A CustomResourceDefinition's own schema recurses through itself; the API server checks those in the tests.
  kubeconform -strict -summary -skip CustomResourceDefinition \
    -schema-location "$SCHEMAS/{{ .ResourceKind }}{{ .KindSuffix }}.json" "$WORK/chart.yaml"
}

# Made from the Kubernetes module that the cluster is built from; again where our own kinds changed.
kubernetes_schemas() {
  local module key
  key=$(cat crds/*.yaml scripts/kubernetes-schemas.ts | sha256sum | cut -c1-16)
  SCHEMAS=$CACHE/schemas/$KUBERNETES_VERSION-$key
  [[ -e $SCHEMAS ]] && return
  (cd e2e/cluster/tools && go mod download k8s.io/kubernetes)
  module=$(cd e2e/cluster/tools && go list -m -f '{{.Dir}}' k8s.io/kubernetes)
  rm -rf "$CACHE/schemas"
  node scripts/kubernetes-schemas.ts "$module/api/openapi-spec/swagger.json" crds "$SCHEMAS.new"
  mv "$SCHEMAS.new" "$SCHEMAS"
}

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

"$ROOT/scripts/setup.sh" check
step "licences" source_without_licence
step "lengths of files" source_too_long
step "types (tsc)" node node_modules/typescript-7/bin/tsc -p tsconfig.json
step "format and lint (biome)" biome ci .
step "boundaries (dependency-cruiser)" depcruise --config .dependency-cruiser.mjs --output-type err packages vault operator csi-driver cli
step "dead code (knip)" knip
step "generated files (generate --check)" node --conditions=@strongroom/source scripts/generate.ts --check
step "node plugin's helper (go vet, go test)" go_helper
step "chart (helm lint)" helm_lint
step "chart (kubeconform)" helm_template
if command -v shellcheck >/dev/null; then
  step "scripts (shellcheck)" git ls-files --cached --others --exclude-standard '*.sh' ':!:*/node_modules/*' -z | xargs -0 shellcheck -x --severity=warning
fi
