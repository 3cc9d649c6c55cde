//! What new volumes can be made from: one snapshot, one image, one backup. Images and backups are those of two other services,
//! whose clients are [`Client::beside`] this one.

use super::calls::decode;
use super::client::Client;
use super::error::{Error, Kind, Said};
use super::nonsense::{Nonsense, foreign};
use super::request::Answer;
use super::wire::{self, BackupReply, ImageList, SnapshotReply};
use crate::observed::ObservedSnapshot;
use crate::supply::{Backup, Image};
use crate::volume::SourceId;
use reqwest::Method;

/// The call that shows one snapshot.
pub(super) const SNAPSHOT: &str = "GET /v2/{project_id}/cloudsnapshots/{snapshot_id}";
/// The call that lists images.
pub(super) const IMAGES: &str = "GET /v2/cloudimages";
/// The call that shows one backup.
pub(super) const BACKUP: &str = "GET /v3/{project_id}/backups/{backup_id}";

impl Client {
    /// `GET /v2/{project_id}/cloudsnapshots/{snapshot_id}`: one snapshot; `None` where the service says that it is not there.
    ///
    /// # Errors
    /// See [`Error`]; an answer about another snapshot is unreadable.
    pub async fn find_snapshot(&self, id: &SourceId) -> Result<Option<ObservedSnapshot>, Error> {
        let path = ["v2", "{project_id}", "cloudsnapshots", id.as_str()];
        let Some(answer) = there(self.send(self.request(SNAPSHOT, Method::GET, &path)).await)? else { return Ok(None) };
        snapshot(&answer, id).map(Some)
    }

    /// `GET /v2/cloudimages?id=...`: one image; `None` where the list is empty.
    ///
    /// # Errors
    /// See [`Error`]; a list of other images is unreadable.
    pub async fn find_image(&self, id: &SourceId) -> Result<Option<Image>, Error> {
        let mut request = self.request(IMAGES, Method::GET, &["v2", "cloudimages"]);
        request.set_query(&[("id", id.as_str())]);
        image(&self.send(request).await?, id)
    }

    /// `GET /v3/{project_id}/backups/{backup_id}`: one backup; `None` where the service says that it is not there.
    ///
    /// # Errors
    /// See [`Error`]; an answer about another backup is unreadable.
    pub async fn find_backup(&self, id: &SourceId) -> Result<Option<Backup>, Error> {
        let path = ["v3", "{project_id}", "backups", id.as_str()];
        let Some(answer) = there(self.send(self.request(BACKUP, Method::GET, &path)).await)? else { return Ok(None) };
        backup(&answer, id).map(Some)
    }
}

/// Reads what is said of that snapshot.
pub(super) fn snapshot(answer: &Answer, id: &SourceId) -> Result<ObservedSnapshot, Error> {
    let reply: SnapshotReply = decode(SNAPSHOT, answer)?;
    let snapshot = ObservedSnapshot::try_from(reply.snapshot).map_err(|why| Error::unreadable(SNAPSHOT, why))?;
    same(SNAPSHOT, snapshot.id.as_str(), id)?;
    Ok(snapshot)
}

/// Reads what is said of that image; `None` where the list is empty.
pub(super) fn image(answer: &Answer, id: &SourceId) -> Result<Option<Image>, Error> {
    let reply: ImageList = decode(IMAGES, answer)?;
    // A service that does not know the filter lists others.
    let found = reply.images.iter().find(|image| image.id == id.as_str()).or(reply.images.first());
    let Some(found) = found else { return Ok(None) };
    same(IMAGES, &found.id, id)?;
    Ok(Some(Image { status: found.status.clone(), min_disk: found.min_disk }))
}

/// Reads what is said of that backup.
pub(super) fn backup(answer: &Answer, id: &SourceId) -> Result<Backup, Error> {
    let BackupReply { backup } = decode(BACKUP, answer)?;
    same(BACKUP, &backup.id, id)?;
    let wire::Backup { id: _, status, resource_size: size, resource_az: zone, resource_type } = backup;
    Ok(Backup { status, size, zone, resource_type })
}

/// An answer, or none where the service says that the thing is not there. A 404 without a word of the API says nothing:
/// whatever answers may not be the service.
fn there<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    let speaks = |error: &Error| match &error.kind {
        Kind::Refused { code, message, .. } => !code.is_empty() || matches!(message, Said::Words(_)),
        _ => false,
    };
    match answer {
        Err(error) if error.says_absent() && speaks(&error) => Ok(None),
        answered => answered.map(Some),
    }
}

/// Makes sure that an answer is about what was asked for.
fn same(request: &'static str, found: &str, asked: &SourceId) -> Result<(), Error> {
    if found == asked.as_str() {
        return Ok(());
    }
    let why = Nonsense::OtherSource { found: foreign(found), asked: asked.clone() };
    Err(Error::unreadable(request, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_service_itself_says_that_a_source_is_not_there() {
        let of = |status: u16, body: &str| there::<()>(Err(Error::refused(BACKUP, status, None, body.as_bytes())));
        assert_eq!(of(404, r#"{"error":{"code":"EVS.5404","message":"no such backup"}}"#), Ok(None));
        assert_eq!(of(404, r#"{"itemNotFound":{"code":404,"message":"no such backup"}}"#), Ok(None));
        for (status, body) in [
            (404, r#"{"error_code":"APIGW.0101","error_msg":"no such call","request_id":"0"}"#),
            (404, "<html>not found</html>"),
            (404, ""),
            (403, r#"{"error":{"code":"EVS.5403","message":"no right"}}"#),
        ] {
            assert!(of(status, body).is_err(), "{body}");
        }
    }

    #[test]
    fn an_answer_about_another_source_is_no_answer() {
        let id = SourceId::new("i-1").unwrap();
        let answer = |body: &str| Answer { body: body.as_bytes().to_vec(), dated: None };
        let images = |body: &str| image(&answer(body), &id);
        assert_eq!(images(r#"{"images":[]}"#), Ok(None));
        let both = r#"{"images":[{"id":"i-2"},{"id":"i-1","status":"active","min_disk":40}]}"#;
        assert_eq!(images(both), Ok(Some(Image { status: "active".to_owned(), min_disk: 40 })));
        assert!(images(r#"{"images":[{"id":"i-2","status":"active"}]}"#).is_err());
        assert!(backup(&answer(r#"{"backup":{"id":"i-2","status":"available"}}"#), &id).is_err());
        assert!(backup(&answer("{}"), &id).is_err());
    }
}
