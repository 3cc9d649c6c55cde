//! HTTP as every part of this program speaks it: how connections are made, how answers are read, and what an error of
//! the client library says. It knows no API, no secret and no collector.

use reqwest::header::HeaderMap;
use std::error::Error as _;
use std::time::Duration;

/// What every connection is made by: no redirect is followed, and nothing is repeated behind our back.
pub(crate) fn builder(endpoint: &url::Url) -> reqwest::ClientBuilder {
    // Ignored: it fails only where a provider is installed already, and that one serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("evsctl/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    if is_loopback(endpoint) {
        builder = builder.no_proxy();
    }
    if endpoint.scheme() == "http" {
        // Reading the platform's certificates takes longer than a whole run against a near cloud.
        builder = builder.tls_certs_only(std::iter::empty());
    }
    builder
}

/// Whether an address stays on this machine.
pub fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// As much of an answer's body as was to be read.
pub(crate) struct Body {
    pub(crate) body: Vec<u8>,
    /// Whether that is all of it.
    pub(crate) whole: bool,
}

/// Reads a body, and no more than that many bytes of it.
///
/// # Errors
/// When the connection broke before its end.
pub(crate) async fn read_body(answer: &mut reqwest::Response, most: usize) -> Result<Body, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > most {
            return Ok(Body { body, whole: false });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body { body, whole: true })
}

/// A header's value, where it is text.
pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Whether nobody listens at the address.
pub(crate) fn is_refused(error: &(dyn std::error::Error + 'static)) -> bool {
    let is = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionRefused;
    error.downcast_ref::<std::io::Error>().is_some_and(is) || error.source().is_some_and(is_refused)
}

/// Whether a certificate is behind it.
pub(crate) fn is_of_a_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let is = |error: &(dyn std::error::Error + 'static)| {
        matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
    };
    // What an error of the system wraps is no source of it.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    is(error)
        || wrapped.is_some_and(|inner| is_of_a_certificate(inner))
        || error.source().is_some_and(is_of_a_certificate)
}

/// An error with everything behind it: reqwest's own text says only that sending failed.
pub(crate) fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}
