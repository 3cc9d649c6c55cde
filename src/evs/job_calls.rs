//! The calls that start a job on volumes that are there. Each is sent once, as a create call is: what is done about one whose
//! answer was lost is for its caller to decide, by what has become of the volumes.

use super::calls::{DELETE, Taken, decode, encode};
use super::client::Client;
use super::error::Error;
use super::outcome::receipt;
use super::request::{Answer, BeforeSend};
use super::wire::{BatchExtendRequest, ExtendRequest, StartedReply};
use crate::volume::{SizeGb, VolumeId};
use reqwest::Method;
use std::time::Duration;

/// The call that extends one volume.
pub(super) const EXTEND: &str = "POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action";
/// The call that extends one volume where there is no usual one, as on Open Telekom Cloud. Its body says nothing about payment.
const EXTEND_OLDER: &str = "POST /v2/{project_id}/cloudvolumes/{volume_id}/action";
/// The call that extends several volumes.
const BATCH_EXTEND: &str = "POST /v5/{project_id}/volumes/batch-extend";

impl Client {
    /// `POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action`: extends one volume to a size. Sent once; `within` and
    /// `before_send` as in [`Client::create_volumes`]. `auto_pay` is for a prepaid volume, whose extension is an order:
    /// whether that pays itself. Without it the body says nothing about payment, and where the gateway knows no such call, it
    /// goes by that of v2: the first sending did nothing then, and the second is recorded as one of its own.
    ///
    /// # Errors
    /// See [`Error`]; what it means for the call is for [`Outcome::of`](super::Outcome::of) to say.
    pub async fn extend_volume(
        &self,
        id: &VolumeId,
        new_size: SizeGb,
        auto_pay: Option<bool>,
        within: Duration,
        before_send: BeforeSend<'_>,
    ) -> Result<Taken, Error> {
        let body = encode(EXTEND, &ExtendRequest::new(new_size.gb(), auto_pay))?;
        let by = |template| {
            let version = if template == EXTEND { "v2.1" } else { "v2" };
            let path = [version, "{project_id}", "cloudvolumes", id.as_str(), "action"];
            self.request(template, Method::POST, &path).once(Some(body.clone()), within, Some(before_send))
        };
        if auto_pay.is_some() {
            return started(EXTEND, &self.send(by(EXTEND)).await?);
        }
        let (template, answer) = self.send_either(EXTEND, EXTEND_OLDER, by).await?;
        started(template, &answer)
    }

    /// `POST /v5/{project_id}/volumes/batch-extend`: extends several volumes, each to a size of its own. Sent once;
    /// `within` and `before_send` as in [`Client::create_volumes`]. The body says nothing about payment, so that no order
    /// pays itself. Where the answer names a job and an order, what is given is the order.
    ///
    /// # Errors
    /// See [`Error`]; where the gateway knows no such call, its refusal.
    pub async fn extend_volumes(
        &self,
        volumes: &[(VolumeId, SizeGb)],
        within: Duration,
        before_send: BeforeSend<'_>,
    ) -> Result<Taken, Error> {
        let sizes = volumes.iter().map(|(id, size)| (id.as_str(), size.gb()));
        let body = encode(BATCH_EXTEND, &BatchExtendRequest::new(sizes))?;
        let request = self.request(BATCH_EXTEND, Method::POST, &["v5", "{project_id}", "volumes", "batch-extend"]);
        started(BATCH_EXTEND, &self.send(request.once(Some(body), within, Some(before_send))).await?)
    }

    /// `DELETE /v2/{project_id}/cloudvolumes/{volume_id}`: starts the end of a volume, and of its snapshots with it. Sent
    /// once; `within` and `before_send` as in [`Client::create_volumes`].
    ///
    /// # Errors
    /// See [`Error`]; not found means that it is gone already.
    pub async fn start_deletion(
        &self,
        id: &VolumeId,
        within: Duration,
        before_send: BeforeSend<'_>,
    ) -> Result<Taken, Error> {
        let request = self.request(DELETE, Method::DELETE, &["v2", "{project_id}", "cloudvolumes", id.as_str()]);
        deleting(&self.send(request.once(None, within, Some(before_send))).await?)
    }
}

/// Reads the answer to a call that extends.
pub(super) fn started(request: &'static str, answer: &Answer) -> Result<Taken, Error> {
    let StartedReply { job_id, order_id } = decode(request, answer)?;
    let receipt = receipt(job_id, order_id).map_err(|why| Error::unreadable(request, why))?;
    Ok(Taken { receipt, volumes: Vec::new() })
}

/// Reads the answer to a call that deletes. No deletion is ordered, so an order in it is no receipt.
fn deleting(answer: &Answer) -> Result<Taken, Error> {
    let StartedReply { job_id, order_id: _ } = decode(DELETE, answer)?;
    let receipt = receipt(job_id, None).map_err(|why| Error::unreadable(DELETE, why))?;
    Ok(Taken { receipt, volumes: Vec::new() })
}
