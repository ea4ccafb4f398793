# Each target is a script in compose/; `make help` lists them. CERTCTL_* variables reach the product.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Started in the background of a script, a command would inherit an ignored SIGINT, and Ctrl-C or kill -INT would not stop it.
FOREGROUND := env --default-signal=INT

LOADTEST := @FLEET='$(FLEET)' DURATION='$(DURATION)' RATE='$(RATE)' STRICT='$(STRICT)' load/loadtest.sh

.PHONY: help run run-fleet up down seed-scale loadtest loadtest-scale loadtest-scale-bulk loadtest-scale-acme loadtest-scale-agent bench test test-slow chaos acme-rfc-conformance-test acme-cert-manager-test lint

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 32

run: ## the whole product in one process, in the foreground; Ctrl-C stops all that it started
	@exec $(FOREGROUND) compose/run.sh run

run-fleet: ## the same as four processes: Api, AcmeService, RenewalWorker, HeartbeatIngest
	@exec $(FOREGROUND) compose/run.sh run-fleet

up: ## make run in the background; returns when ready, starts what is missing (FLEET=1: four processes)
	@FLEET='$(FLEET)' compose/run.sh up

down: ## stop it, PostgreSQL and RabbitMQ included; the data stay
	@compose/run.sh down

seed-scale: ## 10,000 certificates and 5,000 agents for load tests (CERTIFICATES=1000000 AGENTS=100000: as many)
	@FLEET='$(FLEET)' CERTIFICATES='$(CERTIFICATES)' AGENTS='$(AGENTS)' compose/run.sh seed-scale

loadtest: ## scenarios by name: SCENARIO='bulk saturate acme limit signed agent reconnect api' (load/README.md)
	$(LOADTEST) $(SCENARIO)

loadtest-scale: ## the three below, one after the other (load/README.md has the others)
	$(LOADTEST) bulk acme agent

loadtest-scale-bulk: ## bulk renewals of 10,000 certificates, 5 a second (DURATION=20s RATE=5 STRICT=1 change each of these)
	$(LOADTEST) bulk

loadtest-scale-acme: ## 200 users on directory, nonce and renewal information
	$(LOADTEST) acme

loadtest-scale-agent: ## heartbeats of 5,000 agents, 167 a second
	$(LOADTEST) agent

bench: ## every performance figure beside its baseline, as a table and as load/results/bench.json
	@exec $(FOREGROUND) load/bench.sh

test: ## the tests but the slow ones, with a PostgreSQL and RabbitMQ of their own
	@exec $(FOREGROUND) compose/test.sh

test-slow: ## the tests that start and stop whole fleets or take their services away, and a round of the fault suite
	@exec $(FOREGROUND) compose/test.sh slow

chaos: ## kills and partitions under load, then the books; then the fuzzers (ROUNDS=30, SEED=; FAULTS=name,name: these alone)
	@$(FOREGROUND) compose/chaos.sh $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS))
	$(if $(FAULTS),,@exec $(FOREGROUND) compose/test.sh fuzz)

acme-rfc-conformance-test: ## lego, certbot, python3-acme and acme-client against an instance of its own
	@exec $(FOREGROUND) compose/acme-conformance.sh

acme-cert-manager-test: ## cert-manager in a kind cluster; skipped unless KIND_AVAILABLE=1
	@exec $(FOREGROUND) compose/acme-cert-manager.sh

lint: ## formatting, analyzers, dependency audit, compose files, shell scripts
	@compose/lint.sh
