#!/bin/sh
# A certificate by an authority of your own, for a name that nobody else knows: sh docker/authority.sh shop.test
# docker/certs/authority.pem is what a browser or curl must be told; CADDY_TLS=/certs/shop.pem /certs/shop.key
set -eu
name=$1
mkdir -p docker/certs && cd docker/certs
[ -f authority.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=An authority of $name's own" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout authority.key -out authority.pem 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout shop.key -out shop.csr 2>/dev/null
printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$name" > shop.ext
openssl x509 -req -in shop.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 397 -extfile shop.ext -out shop.pem 2>/dev/null
rm shop.csr shop.ext
chmod 600 authority.key shop.key
echo "docker/certs/authority.pem says who $name is."
