//! A call that the cloud took, or that surely made something: what is known of it while it is followed.
//!
//! Where the cloud took it as an order there is no asking how that is doing: only its volumes tell, and they show nowhere
//! before it is paid. So time proves nothing about it.

use super::why::{Open, Unpaid};
use crate::operation::Create;
use crate::volume::{CallId, Receipt, Slot, Source, VolumeId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long a run looks for the volumes of an order that somebody has to pay, while none shows: long enough for one
/// that was paid a moment ago, and no run sits and waits for a person. Where nothing stays invisible that long, that
/// long is enough.
pub(super) const PAID_WITHIN: Duration = Duration::from_secs(60);

/// A call on its way.
pub(super) struct Following {
    pub(super) id: CallId,
    pub(super) create: Create,
    /// Whether its volumes carry its tag.
    pub(super) tagged: bool,
    /// `None` where the answer was lost and the volumes are there all the same.
    pub(super) receipt: Option<Receipt>,
    /// The volumes that the answer named, some of which may never show.
    pub(super) named: Vec<VolumeId>,
    /// When it was first sent, by the service's clock, where that is known.
    pub(super) first_sent: Option<jiff::Timestamp>,
    /// When the cloud took it or it was last sent, by the service's clock.
    pub(super) since: jiff::Timestamp,
    /// The same by the run's own clock, where this run did it.
    pub(super) watched: Option<Instant>,
    /// How many volumes it can have made at the most, where that is known.
    pub(super) only: Option<usize>,
    /// See [`Making::before`](super::sending::Making::before).
    pub(super) before: Arc<BTreeSet<VolumeId>>,
    pub(super) resumed: bool,
    /// From when on what lists show of its volumes counts, by the run's own clock.
    pub(super) lists_count_from: Instant,
    /// The volumes that are recorded while its job goes on.
    pub(super) kept: BTreeMap<VolumeId, Slot>,
    /// Those whose name the service could not give: it is given once nothing more is made.
    pub(super) misnamed: BTreeMap<Slot, VolumeId>,
    /// How many of those are good.
    pub(super) good: usize,
}

impl Following {
    /// Whether its volumes are made from a backup.
    pub(super) fn is_from_backup(&self) -> bool {
        matches!(self.create.spec.source, Source::Backup(_))
    }
}

impl Following {
    /// Whether it may be an order that is not paid. An answer that was lost may have named one.
    pub(super) fn may_be_unpaid(&self) -> bool {
        match &self.receipt {
            Some(Receipt::Job(_)) => false,
            Some(Receipt::Order(_)) => true,
            None => self.create.spec.may_be_ordered(),
        }
    }

    /// For how long it is looked for while nothing of it shows; `None` as long as for anything else.
    pub(super) fn looked_for(&self, settle: Duration) -> Option<Duration> {
        (self.may_be_unpaid() && !self.create.spec.pays_itself()).then(|| PAID_WITHIN.min(settle))
    }

    /// Why its end was not seen, where so many of its volumes show.
    pub(super) fn not_seen(&self, shown: usize) -> Open {
        if !self.may_be_unpaid() {
            return Open::NotUsable;
        }
        let spec = &self.create.spec;
        Open::Unpaid(Unpaid {
            call: self.id.clone(),
            shown,
            of: self.create.slots.len(),
            pays_itself: spec.pays_itself(),
            prepaid: spec.prepaid.is_some(),
        })
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use crate::volume::{Key, VolumeName, service_name};

    /// A call for so many volumes of `web`, each 40 GB, that this run sent and that the cloud took.
    pub(in crate::apply) fn following(slots: u32) -> Following {
        let spec = serde_json::from_str(r#"{"availability_zone":"az-1","volume_type":"SSD","size":40}"#).unwrap();
        let name = |number| VolumeName::new(service_name("web", number)).unwrap();
        let create = Create {
            key: Key::new("web").unwrap(),
            slots: (1..=slots).map(|number| (Slot::new(number).unwrap(), name(number))).collect(),
            name: VolumeName::new("web").unwrap(),
            spec: Arc::new(spec),
            api: Default::default(),
            gone: BTreeMap::new(),
        };
        let since = jiff::Timestamp::from_second(1_790_000_000).unwrap();
        Following {
            id: CallId::from_hash(&[9; 32]),
            create,
            tagged: true,
            receipt: None,
            named: Vec::new(),
            first_sent: Some(since),
            since,
            watched: None,
            only: None,
            before: Arc::default(),
            resumed: false,
            lists_count_from: Instant::now(),
            kept: BTreeMap::new(),
            misnamed: BTreeMap::new(),
            good: 0,
        }
    }
}
