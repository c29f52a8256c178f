"""docker-compose.yml, run as it stands where there is no Docker engine: podman, and images of Debian's packages."""
