#!/bin/sh
# Run once by the postgres image on an empty volume: two roles, neither a superuser, and the extensions.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -U postgres -d template1 <<'SQL'
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gin;
CREATE EXTENSION unaccent;
CREATE EXTENSION pg_stat_statements;
CREATE ROLE sheaf_owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE sheaf_app LOGIN PASSWORD :'app';
CREATE DATABASE sheaf OWNER sheaf_owner;
SQL
