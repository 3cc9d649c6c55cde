#!/usr/bin/env bash
# GitHub Actions: fetches the job's identity token, which evsctl exchanges for keys of an agency. No secret is kept anywhere.
# GitLab hands its token over by `id_tokens:`.
set -euo pipefail
if [ -z "${HUAWEICLOUD_OIDC_AGENCY_URN:-}" ]; then
  echo "no agency is named, so no token is fetched: a stack on the embedded cloud needs none" >&2
  exit 0
fi
if [ -z "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
  echo "GitHub gives this job no identity token: a pull request from a fork never gets one, and the job needs \`id-token: write\`" >&2
  exit 1
fi
file=$RUNNER_TEMP/evsctl-id-token
umask 077
curl --fail --silent --show-error --max-time 60 --retry 3 \
  --config <(printf 'header = "Authorization: bearer %s"\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN") \
  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${EVSCTL_OIDC_AUDIENCE:-evsctl}" | jq -er .value >"$file"
echo "HUAWEICLOUD_OIDC_TOKEN_FILE=$file" >>"$GITHUB_ENV"
