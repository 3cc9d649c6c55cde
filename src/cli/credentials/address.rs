//! Where IAM and STS are.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::http::is_loopback;
use crate::volume::Partition;
use crate::words::credentials::{Beside, NoAddress, no_address};

/// Where the surroundings say that a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Named {
    /// The variable that would say it.
    pub(in crate::cli) variable: &'static str,
    /// What it says.
    pub(in crate::cli) address: Option<String>,
}

/// A service beside EVS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Service {
    /// Tokens, keys and projects.
    Iam,
    /// Keys for an agency.
    Sts,
}

impl Service {
    /// As it stands in its hosts in place of `evs`.
    fn label(self) -> &'static str {
        match self {
            Service::Iam => "iam",
            Service::Sts => "sts",
        }
    }

    /// As the catalogue knows it.
    fn told(self) -> Beside {
        match self {
            Service::Iam => Beside::Iam,
            Service::Sts => Beside::Sts,
        }
    }

    /// Where it is: where the surroundings say, else beside the EVS endpoint; on loopback the same server.
    ///
    /// # Errors
    /// When that is no address, or would carry a secret in the clear.
    pub(in crate::cli) fn address(self, named: &Named, endpoint: &url::Url) -> Result<url::Url, CliError> {
        let wrong =
            |address: &str, why| CliError::told(Exit::Denied, no_address(self.told(), address, why, named.variable));
        let text = match &named.address {
            Some(given) => given.clone(),
            None => {
                let mut url = endpoint.clone();
                match endpoint.host_str().and_then(|host| Partition::host_beside(host, self.label())) {
                    Some(host) if url.set_host(Some(&host)).is_err() => return Err(wrong(&host, NoAddress::None)),
                    Some(_) => {}
                    // On this machine one server may be all of them.
                    None if is_loopback(endpoint) => {}
                    // No secret goes to a server that nobody has said to be the one.
                    None => return Err(wrong(endpoint.as_str(), NoAddress::NotTold)),
                }
                url.to_string()
            }
        };
        let url = url::Url::parse(&text).map_err(|_| wrong(&text, NoAddress::Unread))?;
        if !matches!(url.scheme(), "https" | "http") || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(&text, NoAddress::NotPlain));
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(wrong(&text, NoAddress::Clear));
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> url::Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_service_is_beside_evs_unless_somebody_says_where() {
        let none = Named { variable: "HW_AUTH_URL", address: None };
        let evs = url("https://evs.cn-north-4.myhuaweicloud.com");
        let at = |service: Service, named: &Named, endpoint: &url::Url| {
            service.address(named, endpoint).map(|url| url.to_string()).map_err(|error| error.message)
        };
        assert_eq!(at(Service::Iam, &none, &evs).unwrap(), "https://iam.cn-north-4.myhuaweicloud.com/");
        assert_eq!(at(Service::Sts, &none, &evs).unwrap(), "https://sts.cn-north-4.myhuaweicloud.com/");
        assert_eq!(at(Service::Sts, &none, &url("http://127.0.0.1:81")).unwrap(), "http://127.0.0.1:81/");
        // Where the name of the endpoint does not tell, somebody has to.
        let error = at(Service::Iam, &none, &url("https://storage.example")).unwrap_err();
        assert!(error.contains("does not tell"), "{error}");
        let said = |address: &str| Named { variable: "HW_AUTH_URL", address: Some(address.to_owned()) };
        assert_eq!(at(Service::Iam, &said("https://iam.example/v3"), &evs).unwrap(), "https://iam.example/v3");
        for (address, why) in [
            ("iam.example", "is no address"),
            ("ftp://iam.example", "is no plain https address"),
            ("https://user:canary@iam.example", "is no plain https address"),
            ("http://iam.example", "in the clear"),
        ] {
            let error = at(Service::Iam, &said(address), &evs).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
