#!/usr/bin/env bash
# Shows the plan below the pull request, in one comment that each run writes anew: comment.sh NUMBER
# Nothing reads it: what may be applied is taken from the plan job's own files.
. "$(dirname "$0")/common.sh"
[ -f "$OUT/comment.md" ] || stop 1 "there is no $OUT/comment.md: the plan job failed before it could write one"
comment "$1" '<!-- evsctl: plan -->' "$OUT/comment.md"
