# The commands of this project; `make help` lists them.
SHELL := /bin/bash
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
PORT ?= 8000
# tests read neither .env nor the database of `make run`; DATABASE_URL alone chooses the database
SQLITE := DATABASE_URL="sqlite:///$(CURDIR)/var/zhanbao.sqlite3"

.DEFAULT_GOAL := help
.PHONY: help run test test-thorough test-fast lint format bench demo screenshots samples lock fonts clean
MAKEFLAGS += --no-print-directory

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## set up what is missing and serve on 127.0.0.1:8000 (PORT=… for another) 准备环境并启动
	@scripts/setup.sh run
	@PORT=$(PORT) scripts/run.sh

test: ## tests on SQLite and on PostgreSQL (a throw-away cluster) 两种数据库的测试
	@scripts/setup.sh test
	@echo "== tests on SQLite =="
	@$(SQLITE) $(PYTEST) -n 2 -m "not postgres and not browser and not thorough"
	@echo "== tests on PostgreSQL, with the race tests =="
	@scripts/with_postgres.sh $(PYTEST) -n 2 -m "not browser and not plain and not thorough"

test-thorough: ## the rest: a real browser, properties, nonsense in every field 浏览器、性质和乱填测试
	@scripts/setup.sh test
	@echo "== browser tests on SQLite =="
	@$(SQLITE) $(PYTEST) -m browser tests/browser
	@echo "== properties and nonsense on SQLite =="
	@$(SQLITE) $(PYTEST) -n 2 -m "thorough and not postgres and not browser"
	@echo "== properties and nonsense on PostgreSQL =="
	@scripts/with_postgres.sh $(PYTEST) -n 2 -m "thorough and not browser and not plain"

test-fast: ## the tests on SQLite alone 只在 SQLite 上测试
	@scripts/setup.sh dev
	@$(SQLITE) $(PYTEST) -n 2 -m "not postgres and not browser and not thorough"

lint: ## style, imports, migrations, deployment settings, templates 检查代码
	@scripts/setup.sh dev
	@scripts/lint.sh

format: ## let ruff put the code in order
	@scripts/setup.sh dev
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

demo: ## load the demo data (again without doubling) 载入演示数据
	@scripts/setup.sh run
	@$(PYTHON) manage.py migrate --no-input --verbosity 0
	@$(PYTHON) manage.py demo

bench: ## measure with 50k projects and write docs/benchmarks.md 性能测量
	@scripts/setup.sh test
	@$(PYTHON) -m scripts.bench $(BENCH)

screenshots: ## photograph the pages at three sizes 页面截图
	@scripts/setup.sh test
	@$(PYTHON) scripts/screenshots.py

samples: ## write the six sample reports into docs/samples 样本报告
	@scripts/setup.sh run
	@$(PYTHON) scripts/samples.py

lock: ## write the locks from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@scripts/lock.sh $(UPGRADE)

fonts: ## fetch the open document fonts into .fonts 取公文字体
	@rm -f .fonts/.tried
	@scripts/fetch_fonts.sh .fonts

clean: ## remove what can be made again; .env and var/ stay 清理，不动数据
	@rm -rf .venv .fonts staticfiles .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
