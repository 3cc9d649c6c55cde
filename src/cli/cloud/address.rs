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
    let service_of = |domain: &str| {
        let label = host.strip_suffix(domain)?.strip_suffix('.')?.strip_prefix("evs.")?;
        (!label.is_empty() && !label.contains('.')).then_some(label)
    };
    let known = Partition::DOMAINS.into_iter().map(|(domain, _)| domain).chain(runners.as_deref()).find_map(service_of);
    let fits = known.is_some_and(|label| region.is_none_or(|region| region == label)) && url.port().is_none();
    let within = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let allowed = set("EVSCTL_ALLOWED_ENDPOINTS").unwrap_or_default();
    let mut allowed =
        allowed.split([',', ' ']).map(|entry| entry.trim().trim_start_matches("*.")).filter(|entry| !entry.is_empty());
    if !fits && !allowed.any(within) {
        return Err(CliError::told(Exit::Refused, no_endpoint(NoEndpoint::NotAllowed(url.as_str()))));
    }
    if url.scheme() != "https" {
        return Err(CliError::told(Exit::Refused, no_endpoint(NoEndpoint::Clear(url.as_str()))));
    }
    Ok(url)
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
