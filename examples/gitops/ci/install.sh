#!/usr/bin/env bash
# Installs evsctl, where the runner does not have it. Exactly one line below installs: choose it, and delete the others.
set -euo pipefail
if command -v evsctl >/dev/null; then
  evsctl --version
  exit 0
fi
# REPLACE both: the repository that you install evsctl from, and the full id of the commit that you trust.
cargo install --locked --git https://example.invalid/evsctl.git --rev 0000000000000000000000000000000000000000 evsctl
# Or a binary that you built and keep, held against its digest:
# curl -fsSLo evsctl https://example.invalid/evsctl && echo "DIGEST  evsctl" | sha256sum --check && install -m 755 evsctl /usr/local/bin/
