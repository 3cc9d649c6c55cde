# Sourced by the other scripts: where things are, and how Git and the forge are asked.
# shellcheck shell=bash
# shellcheck disable=SC2034 # Some of these are for the scripts that source this one.
set -euo pipefail
# In `$(...)` too.
shopt -s inherit_errexit

# Paths are compared below: a link that leads to the checkout is none of them.
cd "$(pwd -P)"

# The folder of the stack, in the repository.
STACK=${EVSCTL_STACK:-stack}
# Where a job leaves what it made.
OUT=${EVSCTL_OUT:-evsctl-out}
# How the one comment of these templates begins.
MARKER='<!-- evsctl: plan -->'

say() { printf '%s\n' "$*" >&2; }

# Ends the script: `stop CODE WHY`.
stop() {
  local code=$1
  shift
  say "$*"
  exit "$code"
}

# Before anything is bought: what follows relies on it.
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || stop 1 "this needs bash 4.4 or later, and runs in $BASH_VERSION"

# Gives Git its token in the environment: it stands in no argument and in no file. `git_token USER TOKEN SERVER`.
git_token() {
  local user=$1 token=$2 server=$3
  export GIT_CONFIG_COUNT=1
  export GIT_CONFIG_KEY_0="http.$server/.extraheader"
  GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf '%s:%s' "$user" "$token" | base64 | tr -d '\n')"
  export GIT_CONFIG_VALUE_0
}

# Git as the templates' own author.
git_as_evsctl() { git -c user.name=evsctl -c user.email=evsctl@localhost "$@"; }

# Asks the forge's API: `api PATH [curl's arguments]`. The token stands in no argument, since others may see those.
api() {
  local path=$1
  shift
  curl --fail-with-body --silent --show-error --location --max-time 60 --retry 3 \
    --config <(printf 'header = "Authorization: Bearer %s"\n' "$FORGE_TOKEN") "$@" "$API_URL/$path"
}

# What evsctl says of the stack's head, in one line: `head_of PATH FIELD...`. It is asked, and no text is searched: a line may be a
# comment. Nothing where the head does not read.
head_of() {
  local path=$1
  shift
  { evsctl validate "$path" --format json || true; } |
    jq -r 'select(.stack != null) | [.[$ARGS.positional[]]] | map(tostring) | join(" ")' --args "$@"
}

# A path as it is in a checkout, `plain_path CHECKOUT PATH`. Fails where a link leads there: no comparison of paths would show
# what it hides.
plain_path() {
  local plain
  plain=$(realpath -ms --relative-to="$1" "$2")
  if [ "$(realpath -m --relative-to="$1" "$2")" != "$plain" ]; then
    say "$plain lies behind a symbolic link: take the link out"
    return 4
  fi
  printf '%s\n' "$plain"
}

# The value of a trailer of a commit, which is one number or nothing: `number_of COMMIT TRAILER`.
number_of() {
  local said
  said=$(git log -1 --format="%(trailers:key=$2,valueonly)" "$1" | sed '/^[[:space:]]*$/d') || return
  if [ -z "$said" ]; then return; fi
  if ! [[ $said =~ ^[0-9]{1,9}$ ]]; then
    say "the commit $1 has no one number as its trailer $2: $said"
    return 4
  fi
  printf '%s\n' "$said"
}

# Writes the templates' one comment anew: `comment NUMBER FILE`.
comment() {
  local number=$1 file=$2 filter found='' page=1 all
  # Only what these jobs wrote: anybody may write a comment that begins with the marker.
  filter=$(own_comments)
  while [ -z "$found" ]; do
    all=$(api "$(comments_path "$number")?per_page=100&page=$page")
    found=$(jq --arg marker "$MARKER" "map(select($filter and (.body | startswith(\$marker)))) | first.id // empty" <<<"$all")
    if [ "$(jq length <<<"$all")" -lt 100 ]; then break; fi
    page=$((page + 1))
  done
  # A second try could write a second comment.
  local to=(--request POST --retry 0 "$(comments_path "$number")")
  if [ -n "$found" ]; then to=(--request "$EDITS_BY" "$(comment_path "$number" "$found")"); fi
  jq -n --rawfile body "$file" '{$body}' |
    api "${to[-1]}" "${to[@]:0:${#to[@]}-1}" --header 'Content-Type: application/json' --data-binary @- >/dev/null
}

# The forge. Others than these two set variables of theirs as well: ask for what is particular first.
if [ -n "${GITLAB_CI:-}" ]; then
  # shellcheck source=gitlab.sh
  . "$(dirname "${BASH_SOURCE[0]}")/gitlab.sh"
elif [ -n "${GITHUB_ACTIONS:-}" ]; then
  # shellcheck source=github.sh
  . "$(dirname "${BASH_SOURCE[0]}")/github.sh"
else
  stop 1 "this runs in GitHub Actions or GitLab CI"
fi
