//! Keeps passwords and identity tokens from listeners on this machine that only a manifest names.
//!
//! A manifest names the EVS endpoint, and a pull request can edit a manifest. Beyond this machine that is harmless: only
//! the cloud's own hosts, and those that the runner allows, are taken. On this machine anybody may listen: another
//! step of the same job, a neighbour in the same pod, another user. A signature tells them nothing that they could
//! use, a password or an identity token tells them all, so these go over plain http only where the runner's own
//! environment says so.

use super::address::Named;
use super::found::{Found, What};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::http::is_loopback;
use crate::words::credentials::{Bearer, Exposed, exposed};

/// Refuses to send a password or an identity token to a listener on this machine that only the manifest names, and to
/// show that listener a token of another IAM.
///
/// # Errors
/// When these credentials would go there; exit 6.
pub(in crate::cli) fn guard(found: &Found, endpoint: &url::Url) -> Result<(), CliError> {
    // Who answers to https has a certificate that the runner trusts.
    if endpoint.scheme() != "http" {
        return Ok(());
    }
    let (bearer, named, enough) = match &found.what {
        // What comes back is a token, which is shown to the endpoint: one of another IAM has no business there.
        What::Password { address, .. } => (Bearer::Password, address, on_loopback(address)),
        What::Identity(identity) => (Bearer::IdentityToken, &identity.address, identity.address.address.is_some()),
        What::Token(_) | What::Keys(_) | What::Command(_) | What::Agency => return Ok(()),
    };
    if enough {
        return Ok(());
    }
    let here = endpoint.as_str().trim_end_matches('/');
    let (itself, variable) = (named.address.is_none(), named.variable);
    let told = Exposed { bearer, itself, here, place: found.place.told(), variable };
    Err(CliError::told(Exit::Denied, exposed(&told)))
}

fn on_loopback(named: &Named) -> bool {
    named.address.as_deref().and_then(|text| url::Url::parse(text).ok()).is_some_and(|url| is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::credentials::source::{Around, find};

    fn url(text: &str) -> url::Url {
        text.parse().unwrap()
    }

    #[test]
    fn what_can_be_used_by_whoever_hears_it_goes_to_no_listener_that_only_a_manifest_names() {
        let password = [("HW_USER_NAME", "u"), ("HW_USER_PASSWORD", "canary"), ("HW_DOMAIN_NAME", "d")];
        let openstack = [("OS_USERNAME", "u"), ("OS_PASSWORD", "canary"), ("OS_USER_DOMAIN_NAME", "d")];
        let agency = [
            ("HUAWEICLOUD_OIDC_PROVIDER_URN", "p"),
            ("HUAWEICLOUD_OIDC_AGENCY_URN", "a"),
            ("HUAWEICLOUD_OIDC_ID_TOKEN", "canary"),
        ];
        let judged = |variables: &[(&'static str, &str)], more: Option<(&str, &str)>, endpoint: &str| {
            let set = |name: &str| {
                variables.iter().copied().chain(more).find(|(n, _)| *n == name).map(|(_, value)| value.to_owned())
            };
            let found = find(&Around { set: &set, beyond: false }).unwrap().unwrap();
            guard(&found, &url(endpoint)).map_err(|error| error.render())
        };
        let near = "http://127.0.0.1:81";
        let far = "https://iam.cn-north-4.myhuaweicloud.com/v3";
        for (variables, variable, far_is_enough) in [
            (&password, "HW_AUTH_URL", false),
            (&openstack, "OS_AUTH_URL", false),
            (&agency, "HUAWEICLOUD_SDK_STS_ENDPOINT", true),
        ] {
            let told = judged(variables, None, near).unwrap_err();
            assert!(told.contains(&format!("{variable}={near}")) && !told.contains("canary"), "{told}");
            assert_eq!(judged(variables, Some((variable, near)), near), Ok(()));
            assert_eq!(judged(variables, Some((variable, far)), near).is_ok(), far_is_enough, "{variable}");
            // Elsewhere a certificate says who listens.
            assert_eq!(judged(variables, None, "https://evs.cn-north-4.myhuaweicloud.com"), Ok(()));
            assert_eq!(judged(variables, None, "https://localhost:81"), Ok(()));
        }
        // A signature gives nothing away.
        assert_eq!(judged(&[("HW_ACCESS_KEY", "a"), ("HW_SECRET_KEY", "canary")], None, near), Ok(()));
    }
}
