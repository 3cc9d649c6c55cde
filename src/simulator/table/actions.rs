//! The actions on a volume that one call of Cinder takes.

use crate::simulator::actions;
use crate::simulator::operation::{Operation as O, Source};
use Source::{Otc, Reference};

pub(super) static OPERATIONS: &[O] = &[O::cinder(
    "POST",
    "/v2|v3/{project_id}/volumes/{volume_id}/action",
    actions::act,
    "Make a volume larger (`os-extend`), set its flags (`os-set_bootable`, `os-update_readonly_flag`), reserve, attach and \
        detach it (`os-reserve`, `os-unreserve`, `os-attach`, `os-detach`, `os-begin_detaching`, `os-roll_detaching`), export \
        it to an image (`os-volume_upload_image`)",
)
.by(&[Reference, Otc])
.choosing(
    "that a volume is attached and detached at once, the words of refusals, and that connections are refused as the \
        administrator's actions are",
)];
