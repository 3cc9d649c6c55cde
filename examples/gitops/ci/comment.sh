#!/usr/bin/env bash
# Shows the plan below the pull request, in one comment that each run writes anew: comment.sh NUMBER
# Nothing reads it: what may be applied is taken from the plan job's own files.
. "$(dirname "$0")/common.sh"
if [ ! -f "$OUT/comment.md" ] || [ -L "$OUT/comment.md" ] || [ -L "$OUT" ]; then
  stop 1 "there is no $OUT/comment.md: the plan ended before it could write one"
fi
comment "$1" "$OUT/comment.md"
