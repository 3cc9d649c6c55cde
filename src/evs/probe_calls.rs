//! What only a look at the live service shows: how far off a signature may be dated, and what lies in the recycle bin.

use super::calls::{LIST, decode};
use super::client::Client;
use super::error::{Error, Kind};
use super::wire::{Volume, VolumeReply};
use crate::volume::VolumeId;
use jiff::SignedDuration;
use reqwest::Method;

impl Client {
    /// Whether the service takes a read whose signature is dated that far off its own time. `None` where requests are
    /// not signed, so that nothing dates them.
    ///
    /// # Errors
    /// See [`Error`]; 401 is none, since it is the answer that was asked for.
    pub async fn takes_date(&self, off: SignedDuration) -> Result<Option<bool>, Error> {
        let shown = self.authority.show(self.clock.now()).await?;
        if !shown.is_some_and(|shown| shown.secret.is_dated()) {
            return Ok(None);
        }
        let mut request = self.request(LIST, Method::GET, &["v2", "{project_id}", "cloudvolumes", "detail"]);
        request.url.set_query(Some("limit=1"));
        request.dated_off = off;
        match self.send(request).await {
            Ok(_) => Ok(Some(true)),
            Err(Error { kind: Kind::Refused { status: 401, .. }, .. }) => Ok(Some(false)),
            Err(error) => Err(error),
        }
    }

    /// `GET /v3/{project_id}/recycle-bin-volumes/{volume_id}`: a volume that was deleted and can still be had back;
    /// `None` where it is not there.
    ///
    /// # Errors
    /// See [`Error`]; where the gateway knows no such call, its refusal.
    pub async fn show_recycled(&self, id: &VolumeId) -> Result<Option<Volume>, Error> {
        const TEMPLATE: &str = "GET /v3/{project_id}/recycle-bin-volumes/{volume_id}";
        let request = self.request(TEMPLATE, Method::GET, &["v3", "{project_id}", "recycle-bin-volumes", id.as_str()]);
        match self.send(request).await {
            Ok(answer) => decode::<VolumeReply>(TEMPLATE, &answer).map(|reply| Some(reply.volume)),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
