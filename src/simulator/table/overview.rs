//! What Cinder tells of a project as a whole.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::overview;
use Source::{OpenStack, Otc, Reference};

pub(super) static OPERATIONS: &[O] = &[
    O::cinder("GET", "/v3/{project_id}/volumes/summary", overview::summary, "Sum up all volumes")
        .by(&[Otc])
        .choosing("that it gives metadata whatever micro-version is asked for, and only those that callers have set"),
    O::cinder("GET", "/v2|v3/{project_id}/limits", overview::limits, "Show the limits of the project")
        .by(&[OpenStack])
        .choosing("that limits of rates are none"),
    O::cinder("GET", "/v2|v3/{project_id}/extensions", overview::extensions, "List the extensions of the API")
        .by(&[Reference, Otc]),
];
