# What one does with the code. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
LINT := $(GO) tool -modfile=tools/lint/go.mod golangci-lint

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: ## run the site on http://localhost:8080 with a private PostgreSQL
	$(GO) run ./cmd/redress

.PHONY: test
test: needs check ## everything a change must pass: format, vet, lint, freshness, import rules, all tests
	scripts/test

.PHONY: check
check: format vet fresh lint ## the checks that run no test

.PHONY: format
format:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' | grep -v _templ.go)); if [ -n "$$unformatted" ]; then echo "gofmt these:"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...

.PHONY: fresh
fresh: ## fail when generated code or go.mod is stale
	scripts/fresh

.PHONY: lint
lint: ## golangci-lint with the import rules of the house
	$(LINT) run ./...

.PHONY: generate
generate: ## write the generated code (templ)
	$(GO) tool templ generate

.PHONY: needs
needs: ## install what the tests need: Chromium, PostgreSQL's binaries, axe-core
	scripts/needs

.PHONY: bench
bench: ## print ratios of things measured side by side on this machine
	scripts/bench

.PHONY: soak
soak: needs ## the long proofs: crashes, fuzzing for minutes
	scripts/soak
