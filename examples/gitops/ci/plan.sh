#!/usr/bin/env bash
# Plans what merging a pull request into the branch would do, both as they are now, and leaves plan.json, head, comment.md
# and summary.json in OUT. Run it from a checkout of the branch, so that no pull request brings the script that judges it:
#   plan.sh BRANCH NUMBER HEAD
. "$(dirname "$0")/common.sh"
branch=$1 number=$2 head=$3
rm -rf -- "$OUT"
mkdir -p -- "$OUT"
out=$(cd "$OUT" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"; git worktree prune' EXIT

# The folder of the recorded state of a checkout, in the repository: `state_of CHECKOUT`. Nothing where the head does not read.
state_of() {
  local root=$1 path
  plain_path "$root" "$root/$STACK" >/dev/null
  path=$(head_of "$root/$STACK" state)
  if [ -n "$path" ]; then plain_path "$root" "$path"; fi
}

# What is recorded is written by applies alone, and stays where it is.
refuse_edited_state() {
  local before after
  after=$(state_of "$work/merged")
  before=
  if [ -e "$work/base/$STACK" ]; then
    before=$(state_of "$work/base")
    if [ -z "$before" ]; then stop 1 "the stack of $branch itself does not read: mend it there first"; fi
  fi
  if [ -n "$before" ] && [ -n "$after" ] && [ "$before" != "$after" ]; then
    stop 4 "the pull request moves the recorded state from $before to $after, which a person has to do on $branch"
  fi
  GIT_LITERAL_PATHSPECS=1 git diff --quiet "$base" "$merged" -- "${before:-${after:-state}}" ||
    stop 4 "the pull request edits the recorded state (${before:-$after}), which applies alone may write: take that out of it"
}

# What the reviewer reads.
write_comment() {
  local pending=0
  echo "$MARKER"
  if [ -s "$work/plan.md" ]; then
    cat "$work/plan.md"
  else
    echo 'There is no plan:'
    echo
    # Indented, so that nothing in it ends the block.
    head -c 20000 "$work/problems" | sed 's/^/    /'
  fi
  echo
  echo "Planned for $head, merged into \`$branch\` at $base."
  if [ "$(head_of "$work/base/$STACK" simulator)" = false ]; then
    (cd "$work/base" && evsctl plan "$STACK" --offline --detailed-exitcode) >/dev/null 2>&1 || pending=$?
    if [ "$pending" = 2 ]; then
      echo
      echo "\`$branch\` holds changes that are not applied yet, and this plan has them too. Once they are applied it is out of date:" \
        'then run this job again, before merging.'
    fi
  fi
  echo
  # shellcheck disable=SC2016 # These are words of Markdown.
  echo 'Merging approves exactly these changes. Where a number is needed (`--allow-destroy`, `--allow-recreate`), the newest' \
    'commit says it as a trailer, `Allow-Destroy: N` or `Allow-Recreate: N`.'
}

git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch" "+$(head_ref "$number"):refs/evsctl/head"
[ "$(git rev-parse refs/evsctl/head)" = "$head" ] || stop 1 "$head is not the newest commit any more: the job of that one plans"
base=$(git rev-parse "refs/remotes/origin/$branch")
git worktree add --quiet --detach "$work/base" "$base"
git worktree add --quiet --detach "$work/merged" "$base"
git_as_evsctl -C "$work/merged" merge --quiet --no-ff --no-edit "$head" >&2 ||
  stop 1 "$head does not merge into $branch as it is now"
merged=$(git -C "$work/merged" rev-parse HEAD)
refuse_edited_state
for trailer in Allow-Destroy Allow-Recreate; do
  number_of "$head" "$trailer" >/dev/null
done

identity
printf '%s\n' "$head" >"$out/head"
code=0
(cd "$work/merged" && evsctl plan "$STACK" --format markdown --out "$out/plan.json") >"$work/plan.md" 2>"$work/problems" ||
  code=$?
cat "$work/plan.md"
cat "$work/problems" >&2
write_comment >"$out/comment.md"
if [ -f "$out/plan.json" ]; then
  jq '.summary | {create: (.create + .recreate), update, delete: (.delete + .clean)}' "$out/plan.json" >"$out/summary.json"
fi
exit "$code"
