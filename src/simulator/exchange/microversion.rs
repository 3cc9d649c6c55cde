//! Microversions of the Cinder API: `OpenStack-API-Version: volume 3.N` below `/v3` (evs-api 1.2). Every one that is documented is
//! accepted, and none changes an answer but for its headers.

use crate::simulator::reply::{Family, Reply};
use crate::simulator::route::Found;
use hyper::HeaderMap;

/// The header, in questions and answers.
pub(super) const HEADER: &str = "openstack-api-version";
/// The last microversion.
const LAST: u32 = 50;

/// What a request asks for; `None` where it asks for none, or where nobody looks for it.
///
/// # Errors
/// The answer in Cinder's words: 406 where there is no such version, and 400 where it is none. The service has not been seen
/// answering them.
pub(super) fn asked(headers: &HeaderMap, found: Option<&Found>) -> Result<Option<String>, Reply> {
    let of_cinder = found.is_some_and(|it| {
        it.template.starts_with("/v3/") && it.route.is_some_and(|it| it.operation.family == Family::Cinder)
    });
    if !of_cinder {
        return Ok(None);
    }
    // Several services may stand in it, or in several headers of that name, each with its version.
    let all = headers.get_all(HEADER).iter().flat_map(|it| it.to_str().unwrap_or("volume ?").split(','));
    let mut versions = all.filter_map(|it| {
        let (service, version) = it.trim().split_once(' ').unwrap_or((it.trim(), ""));
        (service == "volume").then(|| version.trim().to_owned())
    });
    let Some(version) = versions.next() else { return Ok(None) };
    match number(&version) {
        _ if version == "latest" => Ok(Some(format!("3.{LAST}"))),
        Some((3, minor)) if minor <= LAST => Ok(Some(version)),
        Some(_) => {
            let why = format!("Version {version} is not supported by the API. Minimum is 3.0 and maximum is 3.{LAST}.");
            Err(refused(406, "computeFault", &why))
        }
        None => {
            let why =
                format!("API Version String {version} is of invalid format. Must be of format MajorNum.MinorNum.");
            Err(refused(400, "badRequest", &why))
        }
    }
}

fn number(version: &str) -> Option<(u32, u32)> {
    let part = |text: &str| {
        let plain = text.bytes().all(|it| it.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        text.parse().ok().filter(|_| plain)
    };
    let (major, minor) = version.split_once('.')?;
    Some((part(major)?, part(minor)?))
}

fn refused(status: u16, envelope: &str, message: &str) -> Reply {
    Reply::json(status, &serde_json::json!({envelope: {"message": message, "code": status}}))
}
