# What differs on GitHub. Sourced by common.sh.
# shellcheck shell=bash
API_URL=$GITHUB_API_URL
API_HEADER="Authorization: Bearer ${FORGE_TOKEN:-}"
if [ -n "${FORGE_TOKEN:-}" ]; then git_token x-access-token "$FORGE_TOKEN" "$GITHUB_SERVER_URL"; fi

# The ref of a pull request's newest commit: `head_ref NUMBER`.
head_ref() { printf 'refs/pull/%s/head\n' "$1"; }

# Finds what was reviewed for a commit of the branch, and leaves the plan job's files in a folder:
# `reviewed COMMIT BRANCH FOLDER`, gives the number of the pull request and its newest commit. The plan comes from the
# artifact that the plan job of that commit left: nobody's comment and no text of a pull request is read.
reviewed() {
  local commit=$1 branch=$2 folder=$3 pull head run artifact
  pull=$(api "repos/$GITHUB_REPOSITORY/commits/$commit/pulls" | jq --arg commit "$commit" --arg branch "$branch" \
    'map(select(.merged_at != null and .merge_commit_sha == $commit and .base.ref == $branch)) | first // empty') || return
  if [ -z "$pull" ]; then return 1; fi
  head=$(jq -r .head.sha <<<"$pull")
  # The newest run for that commit, whatever its end: an older one may have planned against another state.
  local workflow=${GITHUB_WORKFLOW_REF%%@*}
  run=$(api "repos/$GITHUB_REPOSITORY/actions/workflows/${workflow##*/}/runs?event=pull_request&head_sha=$head&per_page=100" |
    jq --arg repository "$GITHUB_REPOSITORY" --arg head "$head" '.workflow_runs
      | map(select(.head_sha == $head and .head_repository.full_name == $repository)) | max_by(.run_number) // empty') || return
  if [ -z "$run" ]; then return 1; fi
  if [ "$(jq -r .conclusion <<<"$run")" != success ]; then
    say "the newest plan job of $head did not succeed"
    return 1
  fi
  artifact=$(api "repos/$GITHUB_REPOSITORY/actions/runs/$(jq -r .id <<<"$run")/artifacts?name=plan" |
    jq '.artifacts | map(select(.expired | not)) | max_by(.id).id // empty') || return
  if [ -z "$artifact" ]; then
    say "the plan job of $head left no plan, or GitHub has deleted it since"
    return 1
  fi
  api "repos/$GITHUB_REPOSITORY/actions/artifacts/$artifact/zip" --output "$folder/plan.zip" || return
  unzip -q -o "$folder/plan.zip" plan.json head -d "$folder" || return
  jq -r '"\(.number) \(.head.sha)"' <<<"$pull"
}

# Writes the one comment of these templates, found by its marker: `comment NUMBER MARKER FILE`.
comment() {
  local number=$1 marker=$2 file=$3 found page=1 comments
  found=
  while [ -z "$found" ]; do
    comments=$(api "repos/$GITHUB_REPOSITORY/issues/$number/comments?per_page=100&page=$page")
    # Only what these jobs wrote: anybody may write a comment that begins with the marker.
    found=$(jq --arg marker "$marker" 'map(select(.user.type == "Bot" and (.body | startswith($marker)))) | first.id // empty' \
      <<<"$comments")
    if [ "$(jq length <<<"$comments")" -lt 100 ]; then break; fi
    page=$((page + 1))
  done
  if [ -n "$found" ]; then
    jq -n --rawfile body "$file" '{$body}' | api "repos/$GITHUB_REPOSITORY/issues/comments/$found" \
      --request PATCH --data-binary @- >/dev/null
  else
    jq -n --rawfile body "$file" '{$body}' | api "repos/$GITHUB_REPOSITORY/issues/$number/comments" --retry 0 --data-binary @- >/dev/null
  fi
}

# Pushing with the job's own token begins no new run, so the commit needs no word that says so.
PUSH_OPTIONS=()
