.DEFAULT_GOAL := help
SHELL := /bin/bash
BUILD := swift build -c release

.PHONY: help setup setup-product build up test fuzz lint format bench bench-data bench-media bench-quality clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Install what is missing on this machine, tools of the tests included (Debian; root or sudo)
	@scripts/setup --tests

setup-product: # what running needs: the first start stays fast
	@scripts/setup

build: ## Build the release programs
	@$(BUILD) --product clipyard && $(BUILD) --product clipyard-media

up: setup-product build ## Run everything on this machine; Ctrl-C stops it (CLIPYARD_HOME, CLIPYARD_PORT)
	@exec .build/release/clipyard up --demo

test: setup ## Run every test, with its own servers
	@scripts/test

lint: ## Check the format of the sources
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests bench

format: ## Format the sources
	@swift format format --in-place --recursive --parallel Package.swift Sources Tests bench

fuzz: setup ## Run the parsers against derived inputs, FUZZ_SECONDS each (10); what crashes one is kept
	@scripts/fuzz

bench: setup build ## Run the benchmarks: ratios against something real in the same run
	@for bench in ladder upload storage pickup feed likes busy gateway moderation; do bench/$$bench.sh || exit 1; done

bench-data: setup build ## Compare a small place with a million videos: times over HTTP, and every statement's plan
	@bench/scale.sh && bench/plans.sh

bench-media: setup build ## Race the ffmpeg command: ladders, first renditions, memory, pictures, long videos (an hour)
	@bench/media.sh && bench/pictures.sh && bench/chunks.sh

bench-quality: setup build ## Measure VMAF, SSIM and bitrate of every rung (CLIPYARD_CORPUS, or a generated clip)
	@bench/quality.sh

clean: ## Remove what was built or fetched; data stays
	@rm -rf .build .tools
