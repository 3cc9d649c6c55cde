#!/usr/bin/env bash
# Applies what was merged into the branch and is not applied yet, and records it: apply.sh BRANCH
#
# Only what was reviewed is applied: the digest is that of the plan which the plan job made, before the merge, for the newest commit
# of the merged pull request. The numbers that destroying and creating again need come from a person: as trailers of that commit, or
# for the branch's newest commit from ALLOW_DESTROY and ALLOW_RECREATE. With APPROVE=sha256:... a person approves the newest commit
# by hand, as where no pull request brought it or its plan is out of date.
. "$(dirname "$0")/common.sh"
branch=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
git checkout --quiet --force -B "$branch" "refs/remotes/origin/$branch"

# The head of the stack as it stands in the folder, in one line: name, simulator, the state's folder.
head_line() { head_of "$STACK" stack simulator state; }
newest_head=$(head_line)
read -r name simulator state <<<"$newest_head"
if [ -z "${state:-}" ]; then
  evsctl validate "$STACK" || exit $?
  stop 1 "the head of $STACK does not read"
fi
plain_path "$PWD" "$STACK" >/dev/null
state=$(plain_path "$PWD" "$state")
# The newest commit of the branch that is applied. Whatever job comes next goes on behind it, so none of them has to succeed.
mark=$state/$name.applied
# The stack without what is recorded, as Git takes it.
stack_paths=(":(literal)$STACK" ":(exclude,literal)$state")

# The commits whose changes of the stack are to be applied, the oldest first.
waiting() {
  local last
  if [ ! -f "$mark" ]; then
    git rev-list --first-parent -1 HEAD -- "${stack_paths[@]}"
    return
  fi
  last=$(cat "$mark")
  if ! [[ $last =~ ^[0-9a-f]{40,64}$ ]] || ! git merge-base --is-ancestor "$last" HEAD; then
    stop 1 "$mark names no commit of $branch. Was the branch rewritten? Write the id of the commit that is applied to it"
  fi
  git rev-list --first-parent --reverse "$last..HEAD" -- "${stack_paths[@]}"
}

# Puts the stack as a commit has it, and leaves the recorded state alone.
put_stack() { git restore --source="$1" --staged --worktree -- "${stack_paths[@]}"; }

# The steps that the plan of a commit has, one a line: `steps_of COMMIT`.
steps_of() {
  put_stack "$1" || return
  identity || return
  { evsctl plan "$STACK" --format json 2>/dev/null || true; } | jq -c '.plan.steps[]' | sort
}

# Whether all that a commit asks for is still asked for: a later one may have taken it back.
is_still_wanted() {
  local own newest
  own=$(steps_of "$1") || return
  newest=$(steps_of HEAD) || return
  [ -z "$(comm -23 <(printf '%s\n' "$own") <(printf '%s\n' "$newest"))" ]
}

# Runs a command so that a signal to this script reaches it, and what it recorded by then is still committed.
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
  # What is recorded has to be pushed first.
  trap 'late=143' TERM INT HUP
  return "$code"
}

# Finds the digest that was reviewed for a commit, and its numbers: `approval_of COMMIT`, gives `DIGEST DESTROY RECREATE`, with `-`
# for no number. Returns 4 where there is none. It is called where a failure does not end the script: each step says so itself.
approval_of() {
  local commit=$1 folder found number head digest destroy recreate code=0
  folder=$(mktemp -d -p "$work") || return 1
  found=$(reviewed "$commit" "$branch" "$folder") || code=$?
  if [ "$code" != 0 ]; then
    if [ "$code" = 4 ]; then
      say "$commit: there is no reviewed plan for it, so only what needs no consent is done. Ways out: merge a pull request whose plan shows" \
        "what is left, or run this job by hand with APPROVE, the digest that \`evsctl plan\` of $branch prints"
    fi
    return "$code"
  fi
  read -r number head <<<"$found"
  if ! git fetch --quiet origin "+$(head_ref "$number"):refs/evsctl/head" ||
    [ "$(git rev-parse refs/evsctl/head)" != "$head" ] || [ "$(cat "$folder/head")" != "$head" ]; then
    say "$commit: the plan is not of $head, the commit that was merged"
    return 4
  fi
  if git rev-parse --quiet --verify "$commit^2" >/dev/null && [ "$(git rev-parse "$commit^2")" != "$head" ]; then
    say "$commit: it merges another commit than $head, whose plan was reviewed"
    return 4
  fi
  digest=$(jq -er .changes "$folder/plan.json") || digest=
  if ! [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
    say "$commit: the plan job left no plan that reads"
    return 4
  fi
  destroy=$(number_of "$head" Allow-Destroy) || return
  recreate=$(number_of "$head" Allow-Recreate) || return
  printf '%s %s %s\n' "$digest" "${destroy:--}" "${recreate:--}"
}

# Applies one commit: `apply_commit COMMIT`.
apply_commit() {
  local commit=$1 approval digest destroy recreate code=0
  if [ "$commit" = "$newest" ] && [ -n "${APPROVE:-}" ]; then
    approval="$APPROVE - -"
  else
    approval=$(approval_of "$commit") || code=$?
    # Without an approval evsctl does what asks for nothing, as the first commit of a repository may, and refuses all else.
    if [ "$code" = 4 ]; then approval='- - -'; elif [ "$code" != 0 ]; then return "$code"; fi
  fi
  read -r digest destroy recreate <<<"$approval"
  if [ "$commit" = "$newest" ]; then
    destroy=${ALLOW_DESTROY:-$destroy}
    recreate=${ALLOW_RECREATE:-$recreate}
  fi
  local consent=()
  if [ "$digest" != - ]; then
    consent=(--approve "$digest")
    if [ "$destroy" != - ]; then consent+=(--allow-destroy "$destroy"); fi
    if [ "$recreate" != - ]; then consent+=(--allow-recreate "$recreate"); fi
  fi
  put_stack "$commit" || return 1
  if [ "$(head_line)" != "$newest_head" ]; then
    say "$commit: its stack has another name, cloud or state than the newest one, so it is not applied by itself"
    return 4
  fi
  identity || return 1
  say "$commit: applying with ${consent[*]:-no consent}"
  run evsctl apply "$STACK" --lock-timeout 5m "${consent[@]}"
}

# Commits and pushes what was recorded, whatever the apply's end: `record COMMIT CODE`.
record() {
  local commit=$1 code=$2 file files
  put_stack HEAD
  # The embedded cloud is a file on the runner and goes with it: a state that outlives its volumes would be wrong.
  if [ "$simulator" = true ]; then return; fi
  mkdir -p -- "$state"
  if [ "$code" = 0 ]; then printf '%s\n' "$commit" >"$mark"; fi
  # No rule of the repository changes what is recorded on its way in or out.
  printf '* -text -ident -filter -merge !working-tree-encoding\n' >"$state/.gitattributes"
  files=("$state/$name.json" "$state/$name.journal" "$state/.gitignore" "$mark")
  for file in "${files[@]}"; do
    # One that is neither there nor known to Git is nothing to record.
    if [ -e "$file" ] || git ls-files --error-unmatch -- ":(literal)$file" >/dev/null 2>&1; then
      git add --all --force -- ":(literal)$file"
    fi
  done
  if git diff --cached --quiet; then return; fi
  git add --force -- ":(literal)$state/.gitattributes"
  git_as_evsctl commit --quiet --no-verify -m "volumes: record the apply of ${commit:0:12} [skip ci]"
  for file in "$state/$name.json" "$state/$name.journal"; do
    if [ -e "$file" ]; then git show "HEAD:$file" | cmp -s - "$file" || stop 1 "Git changed $file: $(keep_it)"; fi
  done
  push_state || stop 1 "the recorded state could not be pushed to $branch: $(keep_it)"
}

keep_it() { printf 'save the folder %s from this job, and put it on %s, before anything else is applied\n' "$state" "$branch"; }

# Pushes what was committed; somebody may have merged meanwhile. It is called where a failure does not end the script.
push_state() {
  local try
  for try in 1 2 4 8 16; do
    git push --quiet "${PUSH_OPTIONS[@]}" origin "HEAD:refs/heads/$branch" && return
    say "the push was refused; the next try is in $try s"
    sleep "$try"
    git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch" || continue
    git_as_evsctl rebase --quiet "refs/remotes/origin/$branch" || git rebase --abort || true
  done
  return 1
}

mapfile -t commits < <(waiting)
# What `waiting` ended with: a list that is cut short is none.
wait "$!"
if [ "${#commits[@]}" = 0 ]; then
  say "everything that was merged into $branch is applied"
  exit 0
fi
newest=${commits[-1]}

# What one commit comes to, and the record of it: `go_to COMMIT`, leaves the exit code in `code`.
go_to() {
  code=0
  apply_commit "$1" || code=$?
  (
    trap '' TERM INT HUP
    # Git ends at a signal that is meant for all of the job, even where it is told to ignore it.
    if command -v setsid >/dev/null; then git() { setsid --wait git "$@"; }; fi
    record "$1" "$code"
  )
  if [ "$late" != 0 ]; then exit "$late"; fi
}

# The exit code of a signal that came while a record was made.
late=0

# The newest first: what it took back is never bought, and its plan may have been made with the others in view.
go_to "$newest"
if [ "$code" != 4 ] || [ "${#commits[@]}" = 1 ] || [ -n "${APPROVE:-}" ]; then exit "$code"; fi
say "the newest commit was not approved with all that waits, so each is applied by itself, the oldest first"
for commit in "${commits[@]}"; do
  if [ "$commit" != "$newest" ] && ! is_still_wanted "$commit"; then
    say "$commit: a later commit changed what it asks for, so it is not applied by itself"
    put_stack HEAD
    continue
  fi
  go_to "$commit"
  case $code in
    # What was refused or could not be done is no reason to leave a later commit alone: its own plan was reviewed.
    0 | 1 | 3 | 4) ;;
    *) break ;;
  esac
done
exit "$code"
