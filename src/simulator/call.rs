//! One request as the endpoints see it.

use super::fault::JobTrouble;
use super::reply::Refusal;
use crate::evs::wire::Link;
use uuid::Uuid;

/// A request, taken apart.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// `POST` and the like.
    pub(super) method: String,
    /// Path and query as they were sent.
    pub(super) target: String,
    /// Scheme and host that were asked: links in the answer lie below them.
    pub(super) base: String,
    /// Project id of the path; empty for paths without one.
    pub(super) project: String,
    /// The other values of the path's template, by name, decoded.
    pub(super) values: Vec<(&'static str, String)>,
    /// The query, decoded, in order.
    pub(super) query: Vec<(String, String)>,
    /// The header `X-Client-Token`.
    pub(super) client_token: Option<String>,
    /// The header `X-Sdk-Date`.
    pub(super) signed: Option<String>,
    /// The body.
    pub(super) body: Vec<u8>,
    /// What shall become of a job that this call starts.
    pub(super) trouble: Option<JobTrouble>,
    /// How many volumes a page of a list has at most, whatever is asked for.
    pub(super) page: Option<usize>,
    /// How long lists know nothing of a volume.
    pub(super) list_lag: Lag,
    /// How long nothing knows the tags of a volume.
    pub(super) tag_lag: Lag,
    /// How long a look at one volume does not find it.
    pub(super) hide: Lag,
}

/// How old a volume must be to be seen, in microseconds; with 0 it is seen at once.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lag(i64);

impl Lag {
    /// Of so many milliseconds.
    pub(super) fn of_millis(milliseconds: u64) -> Lag {
        Lag(i64::try_from(milliseconds).unwrap_or(i64::MAX).saturating_mul(1000))
    }

    /// Whether there is none.
    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether what was created then is too young now.
    pub(super) fn hides(self, created: i64, now: i64) -> bool {
        !self.is_none() && created > now.saturating_sub(self.0)
    }
}

impl Call {
    /// A value of the path.
    pub(super) fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// The last value of a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter that is there and not empty.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.query(name).filter(|it| !it.is_empty())
    }

    /// The link to the next page of a list: the same host, path and query, from that marker or offset on.
    pub(super) fn next_page(&self, (name, value): (&str, &str)) -> Link {
        let path = self.target.split('?').next().unwrap_or_default();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(key, _)| key != "marker" && key != "offset"));
        let query = query.append_pair(name, value).finish();
        Link { href: format!("{}{path}?{query}", self.base), rel: "next".to_owned() }
    }

    /// The volume id of the path.
    ///
    /// # Errors
    /// EVS.1002 where it is not a UUID.
    pub(super) fn volume_id(&self) -> Result<Uuid, Refusal> {
        uuid(self.value("volume_id")).ok_or_else(|| Refusal::of("EVS.1002"))
    }
}

/// A UUID of 36 characters; other spellings are not ids.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}
