# What a person types. Everything else is cargo's.

.PHONY: run test drill check fmt lint bench soak help

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: ## build, then the demo: a phone and an institution's inbox in the browser
	cargo build --locked
	./target/debug/passerelle demo

test: ## install what the tests need if it is missing, then every test
	scripts/install-test-tools
	cargo test --locked
	scripts/test-browser

check: ## prove the shipped configuration
	cargo run --locked --quiet -- check --config config

fmt: ## format
	cargo fmt

lint: ## what CI refuses
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

drill: ## the long form of the drills: what dies, what is lost (nothing), a line each; some ten minutes
	scripts/install-test-tools
	DRILL=full cargo test --locked --test gateway -- drill --nocapture --test-threads=1

bench: ## speed against the limit, in one run: the table of goals, plots in docs/images; some twenty minutes
	scripts/install-test-tools
	cargo bench --locked --bench load

soak: ## ten minutes of half load: memory flat, no drift; MINUTES=2 for less
	scripts/install-test-tools
	LOAD_PARTS=soak LOAD_MINUTES=$(or $(MINUTES),10) cargo bench --locked --bench load
