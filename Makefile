# SPDX-License-Identifier: Apache-2.0
# Shortcuts. Each is a thin line over Maven; none is needed.
MVN ?= mvn
TAG ?= 0.1.0
MAIN ?= org.openjdk.jmh.Main

.DEFAULT_GOAL := help
.PHONY: help dev run test verify bench benchmarks format image image-cuda chart

help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

dev: ## start with live reload
	$(MVN) quarkus:dev

run: ## build without tests and start
	$(MVN) -DskipTests package quarkus:run

test: ## the fast tests
	$(MVN) test

verify: ## everything a change must pass
	$(MVN) verify

bench: ## measure; ARGS='name-of-benchmark', MAIN=class for a program that is not JMH
	$(MVN) -q test-compile exec:exec@bench -Dbench.main='$(MAIN)' -Dbench.args='$(ARGS)'

benchmarks: ## measure all that is about speed; ARGS='--quick', see bench/run --help
	bench/run $(ARGS)

format: ## lay out the Java sources
	$(MVN) -q spotless:apply

image: ## build the image for the CPU
	$(MVN) -DskipTests package
	docker build -f src/main/docker/Dockerfile.jvm -t perennial:$(TAG) .

image-cuda: ## build the image for NVIDIA GPUs
	$(MVN) -DskipTests -Pcuda package
	docker build -f src/main/docker/Dockerfile.jvm-cuda -t perennial:$(TAG)-cuda .

chart: ## lint and render the chart
	$(MVN) test -Dtest=ChartTest
