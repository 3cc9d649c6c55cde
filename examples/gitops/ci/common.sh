# Sourced by the other scripts: where things are, and how Git and the forge are asked.
# shellcheck shell=bash
set -euo pipefail

# The folder of the stack, in the repository.
STACK=${EVSCTL_STACK:-stack}
# Where a job leaves what it made.
OUT=${EVSCTL_OUT:-evsctl-out}

say() { printf '%s\n' "$*" >&2; }

# Ends the script: its exit code, and why.
stop() {
  local code=$1
  shift
  say "$*"
  exit "$code"
}

# Git shows its token in no argument and keeps it in no file: it travels in the environment of this script.
git_token() {
  local user=$1 token=$2 server=$3
  export GIT_CONFIG_COUNT=1
  export GIT_CONFIG_KEY_0="http.$server/.extraheader"
  GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf '%s:%s' "$user" "$token" | base64 | tr -d '\n')"
  export GIT_CONFIG_VALUE_0
}

# Asks the forge's API: `api PATH [curl's arguments]`. The token stands in no argument, since others may see those.
api() {
  local path=$1
  shift
  curl --fail-with-body --silent --show-error --location --max-time 60 --retry 3 \
    --config <(printf 'header = "%s"\n' "$API_HEADER") "$@" "$API_URL/$path"
}

# What evsctl says of the stack's head: `head_of FOLDER FIELD`. It is asked, and no text is searched, since a line may stand
# in a comment.
head_of() {
  { evsctl validate "$1" --format json || true; } | jq -r --arg field "$2" '.[$field] | select(. != null)'
}

# A path in the repository, as Git writes it: `in_repository ROOT PATH`.
in_repository() { realpath --canonicalize-missing --no-symlinks --relative-to="$1" "$2"; }

# The value of a trailer of a commit, where it is one number: `number_of COMMIT TRAILER`.
number_of() {
  local said
  said=$(git log -1 --format="%(trailers:key=$2,valueonly)" "$1" | sed '/^[[:space:]]*$/d')
  if [ -z "$said" ]; then return; fi
  [[ $said =~ ^[0-9]+$ ]] || stop 1 "the commit $1 has no one number as its trailer $2: $said"
  printf '%s\n' "$said"
}

case ${GITHUB_ACTIONS:-}${GITLAB_CI:-} in
  true) ;;
  *) stop 1 "this runs in GitHub Actions or GitLab CI" ;;
esac
if [ -n "${GITHUB_ACTIONS:-}" ]; then
  # shellcheck source=github.sh
  . "$(dirname "${BASH_SOURCE[0]}")/github.sh"
else
  # shellcheck source=gitlab.sh
  . "$(dirname "${BASH_SOURCE[0]}")/gitlab.sh"
fi
