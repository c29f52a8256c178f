#!/bin/sh
# Put what .env and the image of TAG say in the place of what runs, while the shop serves: web2 stands in for web.
# Usage: sh docker/exchange.sh
set -eu

through() {  # ADDRESS: it alone is given what comes from now on; what another has begun to answer it ends
    docker compose exec -T caddy sh -c "sed 's/reverse_proxy .*{/reverse_proxy $1 {/' /etc/caddy/Caddyfile > /tmp/through &&
        caddy reload --config /tmp/through --adapter caddyfile --address unix//tmp/caddy.sock"
    sleep 6 # no answer takes longer: a statement may take five seconds
}

docker compose --profile upgrade up -d --no-deps --wait web2
through web2:8000
docker compose up -d --no-deps --wait web
through web:8000
docker compose --profile upgrade stop web2
docker compose --profile upgrade rm -f web2
docker compose up -d --no-deps worker beat backup
