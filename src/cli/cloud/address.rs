//! Whether a manifest may name its endpoint, and which address that is.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::settings::set;
use crate::http::is_loopback;
use crate::volume::Partition;
use crate::words::cloud::{NoEndpoint, no_endpoint};

/// The endpoint's address, checked against what the runner allows: a pull request can edit a manifest,
/// and whoever names the endpoint gets the credentials.
///
/// Under a known domain only the service's own name is taken, since customers' servers have names there too.
pub(super) fn address(region: Option<&str>, endpoint: Option<&url::Url>) -> Result<url::Url, CliError> {
    judged(region, endpoint, &set)
}

/// The same in surroundings that have these variables set.
pub(super) fn judged(
    region: Option<&str>,
    endpoint: Option<&url::Url>,
    set: &dyn Fn(&str) -> Option<String>,
) -> Result<url::Url, CliError> {
    let runners = set("HW_CLOUD");
    let url = match (endpoint, region) {
        (Some(url), _) => url.clone(),
        (None, Some(region)) => {
            let domain = runners.as_deref().unwrap_or(Partition::domain_of_region(region));
            let partition = |domain: &str| Partition::of_host(&format!("{region}.{domain}"));
            if let (Some(said), Some(taken)) = (partition(domain), partition(Partition::domain_of_region(region)))
                && said != taken
            {
                return Err(CliError::told(Exit::Refused, no_endpoint(NoEndpoint::OtherDomain { domain, region })));
            }
            let text = format!("https://evs.{region}.{domain}");
            url::Url::parse(&text).map_err(|error| {
                CliError::told(Exit::Error, no_endpoint(NoEndpoint::Unread(&text))).because_of(error)
            })?
        }
        (None, None) => return Err(CliError::told(Exit::Error, no_endpoint(NoEndpoint::Unnamed))),
    };
    if is_loopback(&url) {
        return Ok(url);
    }
    if is_link_local(&url) {
        return Err(CliError::told(Exit::Refused, no_endpoint(NoEndpoint::LinkLocal(url.as_str()))));
    }
    let host = url.host_str().unwrap_or_default();
    let known = region_of(host, "evs", runners.as_deref());
    let fits = known.is_some_and(|label| region.is_none_or(|region| region == label)) && url.port().is_none();
    if !fits && !is_allowed(host, &set("EVSCTL_ALLOWED_ENDPOINTS").unwrap_or_default()) {
        return Err(CliError::told(Exit::Refused, no_endpoint(NoEndpoint::NotAllowed(url.as_str()))));
    }
    if url.scheme() != "https" {
        return Err(CliError::told(Exit::Refused, no_endpoint(NoEndpoint::Clear(url.as_str()))));
    }
    Ok(url)
}

/// The address of another service of the same region, which the runner allows as it allows the endpoint; `None` where none is
/// known. On loopback one address answers for all.
pub(super) fn beside(endpoint: &url::Url, service: &str) -> Option<url::Url> {
    beside_in(endpoint, service, &set)
}

/// The same in surroundings that have these variables set.
fn beside_in(endpoint: &url::Url, service: &str, set: &dyn Fn(&str) -> Option<String>) -> Option<url::Url> {
    if is_loopback(endpoint) {
        return Some(endpoint.clone());
    }
    let host = format!("{service}.{}", endpoint.host_str()?.strip_prefix("evs.")?);
    let is_known = region_of(&host, service, set("HW_CLOUD").as_deref()).is_some() && endpoint.port().is_none();
    if !is_known && !is_allowed(&host, &set("EVSCTL_ALLOWED_ENDPOINTS").unwrap_or_default()) {
        return None;
    }
    let mut url = endpoint.clone();
    url.set_host(Some(&host)).ok()?;
    Some(url)
}

/// The region in the host name of a service, where that is under a known domain or under the runner's own.
fn region_of<'h>(host: &'h str, service: &str, runners: Option<&str>) -> Option<&'h str> {
    let of = |domain: &str| {
        let label = host.strip_suffix(domain)?.strip_suffix('.')?.strip_prefix(service)?.strip_prefix('.')?;
        (!label.is_empty() && !label.contains('.')).then_some(label)
    };
    Partition::DOMAINS.into_iter().map(|(domain, _)| domain).chain(runners).find_map(of)
}

/// Whether a host is one of those that the runner allows, or lies within one.
fn is_allowed(host: &str, allowed: &str) -> bool {
    let within = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    allowed
        .split([',', ' '])
        .map(|entry| entry.trim().trim_start_matches("*."))
        .filter(|entry| !entry.is_empty())
        .any(within)
}

/// Whether an address is one that only neighbours on the same wire have: no endpoint is, and a server's metadata
/// service is.
fn is_link_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_link_local(),
        Some(url::Host::Ipv6(address)) => {
            address.is_unicast_link_local() || address.to_ipv4_mapped().is_some_and(|address| address.is_link_local())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
