#!/bin/sh
# Put what .env and the image of TAG say in the place of what runs, while the shop serves: web2 stands in for web.
# Usage: sh docker/exchange.sh
set -eu
docker compose --profile upgrade up -d --no-deps --wait web2
docker compose up -d --no-deps --wait web
docker compose --profile upgrade stop web2
docker compose --profile upgrade rm -f web2
docker compose up -d --no-deps worker beat backup
