# What differs on GitLab. Sourced by common.sh.
# shellcheck shell=bash
API_URL=$CI_API_V4_URL
API_HEADER="Authorization: Bearer ${FORGE_TOKEN:-}"
if [ -n "${FORGE_TOKEN:-}" ]; then
  git_token oauth2 "$FORGE_TOKEN" "$CI_SERVER_URL"
  # The runner puts the job's own token into the address, which may not push: one credential is sent, and none is kept.
  url=$(git remote get-url origin)
  if [[ $url == http*://*@* ]]; then git remote set-url origin "${url%%://*}://${url#*@}"; fi
fi

# The ref of a merge request's newest commit: `head_ref NUMBER`.
head_ref() { printf 'refs/merge-requests/%s/head\n' "$1"; }

# Finds what was reviewed for a commit of the branch, and leaves the plan job's files in a folder:
# `reviewed COMMIT BRANCH FOLDER`, gives the number of the merge request and its newest commit. The plan comes from the
# artifacts that the plan job of that commit left: nobody's comment and no text of a merge request is read.
reviewed() {
  local commit=$1 branch=$2 folder=$3 merge number head pipeline job file
  merge=$(api "projects/$CI_PROJECT_ID/repository/commits/$commit/merge_requests" | jq --arg commit "$commit" --arg branch "$branch" \
    'map(select(.state == "merged" and .target_branch == $branch
      and (.merge_commit_sha == $commit or .squash_commit_sha == $commit or .sha == $commit))) | first // empty') || return
  if [ -z "$merge" ]; then return 1; fi
  number=$(jq -r .iid <<<"$merge")
  head=$(jq -r .sha <<<"$merge")
  # The newest pipeline, whatever its end: an older one may have planned against another state, or another commit.
  pipeline=$(api "projects/$CI_PROJECT_ID/merge_requests/$number/pipelines" | jq --argjson project "$CI_PROJECT_ID" \
    'map(select(.source == "merge_request_event" and .project_id == $project)) | max_by(.id).id // empty') || return
  if [ -z "$pipeline" ]; then return 1; fi
  job=$(api "projects/$CI_PROJECT_ID/pipelines/$pipeline/jobs?per_page=100" |
    jq 'map(select(.name == "plan")) | max_by(.id) | select(.status == "success").id // empty') || return
  if [ -z "$job" ]; then
    say "the newest plan job of $head did not succeed"
    return 1
  fi
  for file in plan.json head; do
    api "projects/$CI_PROJECT_ID/jobs/$job/artifacts/$OUT/$file" --output "$folder/$file" || return
  done
  printf '%s %s\n' "$number" "$head"
}

# Writes the one comment of these templates, found by its marker: `comment NUMBER MARKER FILE`.
comment() {
  local number=$1 marker=$2 file=$3 own found page=1 notes
  own=$(api user | jq .id)
  found=
  while [ -z "$found" ]; do
    notes=$(api "projects/$CI_PROJECT_ID/merge_requests/$number/notes?per_page=100&page=$page")
    # Only what these jobs wrote: anybody may write a comment that begins with the marker.
    found=$(jq --arg marker "$marker" --argjson own "$own" \
      'map(select(.author.id == $own and (.body | startswith($marker)))) | first.id // empty' <<<"$notes")
    if [ "$(jq length <<<"$notes")" -lt 100 ]; then break; fi
    page=$((page + 1))
  done
  if [ -n "$found" ]; then
    jq -n --rawfile body "$file" '{$body}' | api "projects/$CI_PROJECT_ID/merge_requests/$number/notes/$found" \
      --request PUT --header 'Content-Type: application/json' --data-binary @- >/dev/null
  else
    jq -n --rawfile body "$file" '{$body}' | api "projects/$CI_PROJECT_ID/merge_requests/$number/notes" \
      --retry 0 --header 'Content-Type: application/json' --data-binary @- >/dev/null
  fi
}

# What is pushed is recorded state, not work for another pipeline.
PUSH_OPTIONS=(-o ci.skip)
