#!/bin/sh
# Fill in what is empty in .env and can be made up: keys and passwords. What stands there stays. Usage: sh docker/fill.sh
set -eu
umask 077
[ -f .env ] || cp .env.example .env
chmod 600 .env

fill() {  # NAME VALUE
    grep -q "^$1=." .env || sed -i "s|^$1=\$|$1=$2|" .env
}
word() { openssl rand -hex 24; }
key() { openssl rand -base64 32 | tr '+/' '-_'; }  # as Fernet wants it

fill SECRET_KEY "$(word)$(word)"
fill HOUSEHOLD_KEYS "$(key)"
fill FACTOR_KEYS "$(key)"
for name in POSTGRES_PASSWORD OWNER_PASSWORD APP_PASSWORD VALKEY_PASSWORD; do
    fill "$name" "$(word)"
done
echo "Still to be filled in:"
grep -E '^(SITE_URL=https://shop\.example\.com|CADDY_TLS=you@example\.com|(STRIPE_[A-Z_]+|EMAIL_URL)=($|smtp://user))' .env | sed 's/=.*//; s/^/  /' || true
