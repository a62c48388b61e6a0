# SPDX-License-Identifier: Apache-2.0
# Each target installs what it needs and this machine lacks. What a recipe does stands in the script that it names.

NODE_ARCH := $(subst aarch64,arm64,$(subst x86_64,x64,$(shell uname -m)))
export PATH := $(CURDIR)/node_modules/node-linux-$(NODE_ARCH)/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help setup generate check test e2e up down dev bench mutate fuzz images package clean

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## Install packages and tools that are missing
	@scripts/setup.sh

generate: ## Write what is generated: CRDs, references, types
	@scripts/setup.sh npm && node --conditions=@strongroom/source scripts/generate.ts

check: ## Types, lint, boundaries, dead code, drift, chart
	@scripts/check.sh

test: ## Everything: check, unit tests, scenarios on a real cluster
	@scripts/test.sh

e2e: ## The scenarios on a real cluster
	@e2e/run.sh

up: ## A local cluster with Strongroom and the sample in it
	@e2e/cluster/install.sh

down: ## Remove the local cluster and all that it left
	@e2e/cluster/down.sh

dev: ## A vault on this machine, no cluster: https://localhost:8443
	@scripts/setup.sh dev && node --conditions=@strongroom/source cli/src/main.ts dev --dir .strongroom/dev --port 8443

bench: ## Measure
	@scripts/setup.sh unit && bench/run.sh

mutate: ## Break the attestation library in every small way; its tests have to see it
	@scripts/setup.sh npm && node --conditions=@strongroom/source scripts/mutate.ts packages/attestation --table packages/attestation/pitfalls.json && node --conditions=@strongroom/source scripts/mutate.ts packages/attestation

fuzz: ## Ten million changed inputs, and 12,000 that other verifiers are asked about too
	@scripts/setup.sh unit && node --conditions=@strongroom/source e2e/attestation/compare.ts 12000 && node --conditions=@strongroom/source e2e/attestation/fuzz.ts 10000000

images: ## Build the images into .strongroom/images
	@e2e/cluster/images.sh

package: ## The attestation library for other projects: dist/strongroom-attestation-VERSION.tgz
	@scripts/setup.sh npm && node scripts/package-attestation.ts

clean: ## The cluster, what was built, what was installed here; not the cache of tools
	@e2e/cluster/down.sh && rm -rf dist coverage .strongroom node_modules
