//! What is wrong with a line of `moved` or `removed`.

use crate::manifest::MoveFault;

/// Why it does not hold.
pub(super) fn reason(fault: &MoveFault) -> String {
    match fault {
        MoveFault::Incomplete { field } => format!("this item needs `{field}`"),
        MoveFault::Mixed => "a key moves to a key, and one slot to one slot".to_owned(),
        MoveFault::Nowhere => "this line moves nothing: both are the same".to_owned(),
        MoveFault::StillDesired { section: "moved", from, volume } => {
            format!("{from} is still asked for at {volume}, so its volumes do not move")
        }
        MoveFault::StillDesired { section: _, from, volume } => {
            format!("{from} is still asked for at {volume}, so its volumes are not given up")
        }
        MoveFault::NotDesired { to } => format!("{to} is not asked for, so nothing moves there"),
        MoveFault::Twice { what, first } => format!("another line, at {first}, is about {what} already"),
    }
}

/// What to do instead.
pub(super) fn hint(fault: &MoveFault) -> String {
    match fault {
        MoveFault::Incomplete { field: "key" } => {
            "write a key, as in `removed: [web]`, or `{key: web, untag: true}`".to_owned()
        }
        MoveFault::Incomplete { .. } => "write both, as in `{from: old, to: new}`".to_owned(),
        MoveFault::Mixed => "write `{from: old, to: new}`, or `{from: old[3], to: new[1]}`".to_owned(),
        MoveFault::Nowhere => "take this line out".to_owned(),
        MoveFault::StillDesired { .. } => {
            "take out what it names: a key out of `volumes`, a slot by a lower `count` or by `lifecycle.retire`; where this \
             line has done its work, take it out instead"
                .to_owned()
        }
        MoveFault::NotDesired { .. } => "add it to `volumes`; take this line out where it has done its work".to_owned(),
        MoveFault::Twice { .. } => "keep one of the two".to_owned(),
    }
}
