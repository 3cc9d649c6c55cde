# What differs on GitLab. Sourced by common.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034 # These are for the scripts that source this one.
API_URL=$CI_API_V4_URL
EDITS_BY=PUT
# What is pushed is recorded state, not work for another pipeline.
PUSH_OPTIONS=(-o ci.skip)
if [ -n "${FORGE_TOKEN:-}" ]; then
  git_token oauth2 "$FORGE_TOKEN" "$CI_SERVER_URL"
  # The runner puts the job's own token into the address, which may not push: one credential is sent, and none is kept.
  url=$(git remote get-url origin)
  if [[ $url == http*://*@* ]]; then git remote set-url origin "${url%%://*}://${url#*@}"; fi
fi

# Where a merge request's newest commit and its comments are, and which of those are the templates' own.
head_ref() { printf 'refs/merge-requests/%s/head\n' "$1"; }
comments_path() { printf 'projects/%s/merge_requests/%s/notes\n' "$CI_PROJECT_ID" "$1"; }
comment_path() { printf 'projects/%s/merge_requests/%s/notes/%s\n' "$CI_PROJECT_ID" "$1" "$2"; }
own_comments() {
  local own
  own=$(api user | jq -e .id)
  printf '.author.id == %d\n' "$own"
}

# GitLab hands the identity token over by `id_tokens:`.
identity() { :; }

# Finds what was reviewed for a commit of the branch: `reviewed COMMIT BRANCH FOLDER`. Leaves the plan job's files in the folder,
# and gives the merge request's number and its newest commit. They come from the artifacts that the plan job of that commit left
# before the merge: no comment and no text of a merge request is read. Returns 4 where there is none.
reviewed() {
  local commit=$1 branch=$2 folder=$3 merge number head merged pipeline job file
  merge=$(api "projects/$CI_PROJECT_ID/repository/commits/$commit/merge_requests?per_page=100" |
    jq --arg commit "$commit" --arg branch "$branch" 'map(select(.state == "merged" and .target_branch == $branch
      and (.merge_commit_sha == $commit or .squash_commit_sha == $commit or .sha == $commit)))
      | if length == 1 then first else empty end') || return 1
  # None, or several that claim the same commit.
  if [ -z "$merge" ]; then return 4; fi
  number=$(jq -r .iid <<<"$merge")
  head=$(jq -r .sha <<<"$merge")
  merged=$(jq -r .merged_at <<<"$merge")
  # The newest pipeline, whatever its end: an older one may have planned against another state.
  pipeline=$(api "projects/$CI_PROJECT_ID/merge_requests/$number/pipelines?per_page=100" |
    jq --arg head "$head" --argjson project "$CI_PROJECT_ID" \
      'map(select(.source == "merge_request_event" and .project_id == $project)) | max_by(.id)
      | select(.sha == $head).id // empty') || return 1
  if [ -z "$pipeline" ]; then return 4; fi
  job=$(api "projects/$CI_PROJECT_ID/pipelines/$pipeline/jobs?per_page=100" |
    jq 'map(select(.name == "plan")) | max_by(.id) // empty') || return 1
  if [ -z "$job" ] || [ "$(jq -r .status <<<"$job")" != success ]; then
    say "the newest plan job of $head did not succeed"
    return 4
  fi
  if [ "$(jq --arg merged "$merged" '.finished_at <= $merged' <<<"$job")" != true ]; then
    say "the plan of $head was made after the merge, so nobody can have reviewed it before"
    return 4
  fi
  for file in plan.json head; do
    api "projects/$CI_PROJECT_ID/jobs/$(jq .id <<<"$job")/artifacts/$OUT/$file" --output "$folder/$file" || return 1
  done
  printf '%s %s\n' "$number" "$head"
}
