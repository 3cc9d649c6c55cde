# What differs on GitHub. Sourced by common.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034 # These are for the scripts that source this one.
API_URL=$GITHUB_API_URL
EDITS_BY=PATCH
# What is pushed is recorded state, and its message says that no run shall begin.
PUSH_OPTIONS=()
if [ -n "${PUSH_TOKEN:-${FORGE_TOKEN:-}}" ]; then
  git_token x-access-token "${PUSH_TOKEN:-$FORGE_TOKEN}" "$GITHUB_SERVER_URL"
fi

# Where a pull request's newest commit and its comments are, and which of those are the templates' own.
head_ref() { printf 'refs/pull/%s/head\n' "$1"; }
comments_path() { printf 'repos/%s/issues/%s/comments\n' "$GITHUB_REPOSITORY" "$1"; }
comment_path() { printf 'repos/%s/issues/comments/%s\n' "$GITHUB_REPOSITORY" "$2"; }
own_comments() { printf '%s\n' '.user.login == "github-actions[bot]"'; }

# Gets the job's identity token, which evsctl exchanges for keys of an agency: no secret is kept. It lives for minutes, so it is
# got right before each use. A stack on the embedded cloud has no agency and needs none.
identity() {
  if [ -z "${HUAWEICLOUD_OIDC_AGENCY_URN:-}" ]; then return; fi
  if [ -z "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
    say "GitHub gives this job no identity token: a pull request from a fork never gets one, and the job needs \`id-token: write\`"
    return 1
  fi
  export HUAWEICLOUD_OIDC_TOKEN_FILE=$RUNNER_TEMP/evsctl-id-token
  (
    umask 077
    curl --fail --silent --show-error --max-time 60 --retry 3 \
      --config <(printf 'header = "Authorization: bearer %s"\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN") \
      "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${EVSCTL_OIDC_AUDIENCE:-evsctl}" | jq -er .value >"$HUAWEICLOUD_OIDC_TOKEN_FILE"
  )
}

# Finds what was reviewed for a commit of the branch: `reviewed COMMIT BRANCH FOLDER`. Leaves the plan job's files in the folder,
# and gives the pull request's number and its newest commit. They come from the artifact that the plan job of that commit left
# before the merge: no comment and no text of a pull request is read. Returns 4 where there is none.
reviewed() {
  local commit=$1 branch=$2 folder=$3 pull head from merged run artifact workflow=${GITHUB_WORKFLOW_REF%%@*}
  pull=$(api "repos/$GITHUB_REPOSITORY/commits/$commit/pulls?per_page=100" | jq --arg commit "$commit" --arg branch "$branch" \
    'map(select(.merged_at != null and .merge_commit_sha == $commit and .base.ref == $branch))
      | if length == 1 then first else empty end') || return 1
  # None, or several that claim the same commit.
  if [ -z "$pull" ]; then return 4; fi
  head=$(jq -r .head.sha <<<"$pull")
  from=$(jq -r .head.ref <<<"$pull")
  merged=$(jq -r .merged_at <<<"$pull")
  # The newest run for that commit, whatever its end: an older one may have planned against another state.
  run=$(api "repos/$GITHUB_REPOSITORY/actions/workflows/${workflow##*/}/runs?event=pull_request&head_sha=$head&per_page=100" |
    jq --arg repository "$GITHUB_REPOSITORY" --arg head "$head" --arg from "$from" '.workflow_runs
      | map(select(.head_sha == $head and .head_branch == $from and .head_repository.full_name == $repository
        and .conclusion != "skipped"))
      | max_by(.run_number) // empty') || return 1
  if [ -z "$run" ]; then return 4; fi
  if [ "$(jq -r .conclusion <<<"$run")" != success ]; then
    say "the newest plan job of $head did not succeed"
    return 4
  fi
  artifact=$(api "repos/$GITHUB_REPOSITORY/actions/runs/$(jq -r .id <<<"$run")/artifacts?name=plan" |
    jq --arg merged "$merged" '.artifacts | map(select(.expired | not)) | max_by(.id)
      | if . == null then empty elif .created_at <= $merged then .id else "late" end') || return 1
  case $artifact in
    '')
      say "the plan job of $head left no plan, or GitHub has deleted it since"
      return 4
      ;;
    '"late"')
      say "the plan of $head was made after the merge, so nobody can have reviewed it before"
      return 4
      ;;
  esac
  api "repos/$GITHUB_REPOSITORY/actions/artifacts/$artifact/zip" --output "$folder/plan.zip" || return 1
  unzip -q -o "$folder/plan.zip" plan.json head -d "$folder" || return 4
  jq -r '"\(.number) \(.head.sha)"' <<<"$pull"
}
