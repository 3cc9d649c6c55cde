#!/usr/bin/env bash
# Applies what was merged into the branch and is not applied yet, commit by commit, and records each: apply.sh BRANCH
#
# Only what was reviewed is applied: the digest is that of the plan which the plan job made for the newest commit of the merged
# pull request. The numbers that destroying and creating again need come from a person: as trailers of that commit, or for the
# branch's newest commit from ALLOW_DESTROY and ALLOW_RECREATE. With APPROVE=sha256:... a person approves the newest commit
# by hand, as where no pull request brought it or its plan is out of date.
. "$(dirname "$0")/common.sh"
branch=$1

git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
git checkout --quiet --force -B "$branch" "refs/remotes/origin/$branch"
name=$(head_of "$STACK" stack)
simulator=$(head_of "$STACK" simulator)
[ -n "$name" ] || { evsctl validate "$STACK" || exit $?; }
state=$(in_repository "$PWD" "$(head_of "$STACK" state)")
# The newest commit of the branch that is applied. Whatever job comes next goes on behind it, so none of them has to succeed.
mark=$state/$name.applied
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The commits whose changes of the stack are to be applied, the oldest first.
waiting() {
  local last
  if [ ! -f "$mark" ]; then
    git rev-list --first-parent -1 HEAD -- "$STACK" ":(exclude)$state"
    return
  fi
  last=$(cat "$mark")
  if ! [[ $last =~ ^[0-9a-f]{40,64}$ ]] || ! git merge-base --is-ancestor "$last" HEAD; then
    stop 1 "$mark names no commit of $branch. Was the branch rewritten? Write the id of the commit that is applied to it"
  fi
  git rev-list --first-parent --reverse "$last..HEAD" -- "$STACK" ":(exclude)$state"
}

# Puts the stack as a commit has it, and leaves the recorded state alone.
put_stack() { git restore --source="$1" --staged --worktree -- "$STACK" ":(exclude)$state"; }

# Runs evsctl so that a signal to this script reaches it, and what it recorded by then is still committed.
run() {
  local pid code
  "$@" &
  pid=$!
  trap 'kill -TERM "$pid" 2>/dev/null || true' TERM INT HUP
  while true; do
    code=0
    wait "$pid" || code=$?
    kill -0 "$pid" 2>/dev/null || break
  done
  trap - TERM INT HUP
  return "$code"
}

# Applies one commit: `apply_commit COMMIT IS_NEWEST`.
apply_commit() {
  local commit=$1 newest=$2 digest destroy='' recreate='' found number head folder
  # Called where a failure does not end the script: each step says so itself.
  folder=$(mktemp -d -p "$work") || return
  if [ "$newest" = yes ] && [ -n "${APPROVE:-}" ]; then
    digest=$APPROVE
  else
    if ! found=$(reviewed "$commit" "$branch" "$folder"); then
      say "$commit: there is no reviewed plan for it, so nothing of it is applied. Ways out: merge a pull request whose plan shows" \
        "what is left, or run this job by hand with APPROVE, the digest that \`evsctl plan\` of $branch prints"
      return 4
    fi
    read -r number head <<<"$found"
    git fetch --quiet origin "+$(head_ref "$number"):refs/evsctl/head" || return
    if [ "$(git rev-parse refs/evsctl/head)" != "$head" ] || [ "$(cat "$folder/head")" != "$head" ]; then
      say "$commit: the plan is not of $head, the commit that was merged"
      return 4
    fi
    digest=$(jq -er .changes "$folder/plan.json") || return 4
    destroy=$(number_of "$head" Allow-Destroy) || return
    recreate=$(number_of "$head" Allow-Recreate) || return
  fi
  if [ "$newest" = yes ]; then
    destroy=${ALLOW_DESTROY:-$destroy}
    recreate=${ALLOW_RECREATE:-$recreate}
  fi
  say "$commit: applying $digest"
  put_stack "$commit" || return
  run evsctl apply "$STACK" --approve "$digest" --lock-timeout 5m \
    ${destroy:+--allow-destroy "$destroy"} ${recreate:+--allow-recreate "$recreate"}
}

# Commits what was recorded, whatever the apply's end, and pushes it: it must not be lost with the runner.
record() {
  local commit=$1 code=$2 file try
  put_stack HEAD
  # The embedded cloud is a file on the runner and goes with it: a state that outlives its volumes would be wrong.
  if [ "$simulator" = true ]; then return; fi
  if [ "$code" = 0 ]; then
    mkdir -p "$state"
    printf '%s\n' "$commit" >"$mark"
  fi
  for file in "$state/$name.json" "$state/$name.journal" "$state/.gitignore" "$mark"; do
    # One that is neither there nor known to Git is nothing to record.
    git add --all --force -- "$file" 2>/dev/null || true
  done
  if git diff --cached --quiet; then return; fi
  git -c user.name=evsctl -c user.email=evsctl@localhost commit --quiet --no-verify -m "volumes: record the apply of ${commit:0:12}"
  for try in 1 2 3 4 5; do
    if git push --quiet "${PUSH_OPTIONS[@]}" origin "HEAD:refs/heads/$branch"; then return; fi
    say "the push was refused, try $try of 5: somebody may have merged meanwhile"
    git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
    git -c user.name=evsctl -c user.email=evsctl@localhost rebase --quiet "refs/remotes/origin/$branch"
  done
  stop 1 "the recorded state could not be pushed to $branch. Save the folder $state from this job before anything else is applied"
}

mapfile -t commits < <(waiting)
wait "$!"
if [ "${#commits[@]}" = 0 ]; then
  say "everything that was merged into $branch is applied"
  exit 0
fi
tip=${commits[-1]}
code=0
for commit in "${commits[@]}"; do
  newest=no
  if [ "$commit" = "$tip" ]; then newest=yes; fi
  code=0
  apply_commit "$commit" "$newest" || code=$?
  record "$commit" "$code"
  case $code in
    # What was refused, or failed in part, is no reason to leave a later commit alone that mends it: its own plan was reviewed.
    0 | 3 | 4) ;;
    *) break ;;
  esac
done
exit "$code"
