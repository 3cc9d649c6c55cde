#!/usr/bin/env bash
# Plans what merging a pull request into the branch would do, both as they are now, and leaves plan.json, head, comment.md
# and summary.json in OUT. Run it from a checkout of the branch, so that no pull request brings the script that judges it:
#   plan.sh BRANCH NUMBER HEAD
. "$(dirname "$0")/common.sh"
branch=$1 number=$2 head=$3
mkdir -p "$OUT"
out=$(cd "$OUT" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"; git worktree prune' EXIT

git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch" "+$(head_ref "$number"):refs/evsctl/head"
[ "$(git rev-parse refs/evsctl/head)" = "$head" ] || stop 1 "$head is not the newest commit any more: the job of that one plans"
base=$(git rev-parse "refs/remotes/origin/$branch")
git worktree add --quiet --detach "$work/base" "$base"
git worktree add --quiet --detach "$work/merged" "$base"
git -C "$work/merged" -c user.name=evsctl -c user.email=evsctl@localhost merge --quiet --no-ff --no-edit "$head" >&2 ||
  stop 1 "$head does not merge into $branch as it is now"

# What is recorded is written by applies alone.
for side in base merged; do
  state=$(head_of "$work/$side/$STACK" state)
  if [ -z "$state" ]; then continue; fi
  state=$(in_repository "$work/$side" "$state")
  git diff --quiet "$base...$head" -- "$state" ||
    stop 4 "the pull request edits the recorded state ($state), which applies alone may write: take that out of it"
done

printf '%s\n' "$head" >"$out/head"
code=0
(cd "$work/merged" && evsctl plan "$STACK" --format markdown --out "$out/plan.json") >"$work/plan.md" 2>"$work/problems" ||
  code=$?
cat "$work/problems" >&2
{
  echo '<!-- evsctl: plan -->'
  if [ -s "$work/plan.md" ]; then
    cat "$work/plan.md"
  else
    echo 'There is no plan:'
    echo
    # Indented, so that nothing in it ends the block.
    sed 's/^/    /' "$work/problems" | head -c 20000
  fi
  echo
  echo "Planned for $head, merged into \`$branch\` at $base."
  if [ "$(head_of "$work/base/$STACK" simulator)" = false ]; then
    pending=0
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
} >"$out/comment.md"
if [ -f "$out/plan.json" ]; then
  jq '.summary | {create: (.create + .recreate), update, delete: (.delete + .clean)}' \
    "$out/plan.json" >"$out/summary.json"
fi
exit "$code"
