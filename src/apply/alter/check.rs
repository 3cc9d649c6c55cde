//! The look right before a volume is deleted: what the plan saw may have changed since.

use super::altering::{Alter, Altering};
use crate::apply::why::NotDeleted;
use crate::evs::Error;
use crate::observed::ObservedVolume;
use crate::operation::{Delete, Kind};
use crate::plan::may_be_deleted;

/// What a look right before a call says.
pub(super) enum Checked {
    /// Nothing speaks against it.
    Fine,
    /// What it is for has begun, or is done: nothing is to be sent.
    Begun,
    /// It is not sent.
    No(NotDeleted),
    /// The look failed.
    Unread(Error),
}

impl Alter<'_> {
    /// Looks at a volume that is to be deleted. An extension needs no look: the service refuses what it cannot extend, and a
    /// volume that is larger by now stays as it is.
    pub(super) async fn check(&self, call: &Altering) -> Checked {
        let Kind::Delete(delete) = &call.sending.recorded.kind else { return Checked::Fine };
        let volume = match self.cx.client.look_for(&delete.id).await {
            Ok(Some(volume)) => volume,
            Ok(None) => return Checked::Begun,
            Err(error) => return Checked::Unread(error),
        };
        if Delete::has_begun(&volume) {
            return Checked::Begun;
        }
        if let Err(why) = self.may_go(delete, &volume) {
            return Checked::No(why);
        }
        let snapshots = match self.cx.client.list_snapshots(Some(&delete.id)).await {
            Ok(snapshots) => snapshots,
            Err(error) => return Checked::Unread(error),
        };
        let further = snapshots.into_iter().map(|it| it.id).find(|id| !delete.snapshots.contains(id));
        further.map_or(Checked::Fine, |id| Checked::No(NotDeleted::Snapshot(id)))
    }

    fn may_go(&self, delete: &Delete, volume: &ObservedVolume) -> Result<(), NotDeleted> {
        may_be_deleted(volume).map_err(|why| NotDeleted::Shows(Box::new(why)))?;
        let recorded = self.cx.state.volumes.get(&delete.address).filter(|recorded| recorded.id == delete.id);
        let recorded = recorded.ok_or(NotDeleted::Unrecorded)?;
        if volume.prepaid || recorded.base.spec.prepaid.is_some() {
            return Err(NotDeleted::Prepaid);
        }
        let owner = recorded.call.as_ref().filter(|_| self.cx.tag.key().is_some()).map(|call| self.cx.owner(call));
        match owner {
            Some(owner) if !owner.marks(&volume.tags) => Err(NotDeleted::Unmarked),
            _ => Ok(()),
        }
    }
}
