//! The places where credentials are looked for, in their order.

mod oidc;

use super::address::Named;
use super::files::{self, CloudLogin};
use super::found::{Found, Place, What, partial};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::evs::Keys;
use crate::words::credentials::{self as words, FileFlaw};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Every variable that holds a secret.
pub(super) const SECRETS: [&str; 17] = [
    "EVSCTL_AUTH_TOKEN",
    "EVSCTL_SECRET_KEY",
    "EVSCTL_SECURITY_TOKEN",
    "HW_AUTH_TOKEN",
    "HW_SECRET_KEY",
    "HW_SECURITY_TOKEN",
    "HW_USER_PASSWORD",
    "HW_PASSWORD",
    "HUAWEICLOUD_SDK_SK",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    "HUAWEICLOUD_OIDC_ID_TOKEN",
    "OS_AUTH_TOKEN",
    "OS_TOKEN",
    "OS_PASSWORD",
    "OS_SECRET_KEY",
    "OS_SECURITY_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
];

/// The surroundings in which credentials are looked for.
pub(in crate::cli) struct Around<'a> {
    /// A variable that is set and not empty.
    pub(in crate::cli) set: &'a dyn Fn(&str) -> Option<String>,
    /// Whether files and the metadata service count too: never for a loopback endpoint.
    pub(in crate::cli) beyond: bool,
}

/// Variables that belong together: a family of names.
struct Family {
    tokens: &'static [&'static str],
    keys: Option<[&'static str; 3]>,
    user: Option<User>,
}

/// The names of the variables for a login with a password.
struct User {
    name: &'static str,
    password: &'static str,
    /// The names under which the account may stand.
    domains: &'static [&'static str],
    address: &'static str,
}

const FAMILIES: [Family; 4] = [
    Family {
        tokens: &["EVSCTL_AUTH_TOKEN"],
        keys: Some(["EVSCTL_ACCESS_KEY", "EVSCTL_SECRET_KEY", "EVSCTL_SECURITY_TOKEN"]),
        user: None,
    },
    Family {
        tokens: &["HW_AUTH_TOKEN"],
        keys: Some(["HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"]),
        user: Some(User {
            name: "HW_USER_NAME",
            password: "HW_USER_PASSWORD",
            domains: &["HW_DOMAIN_NAME"],
            address: "HW_AUTH_URL",
        }),
    },
    Family {
        tokens: &[],
        keys: Some(["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"]),
        user: None,
    },
    Family {
        tokens: &["OS_AUTH_TOKEN", "OS_TOKEN"],
        keys: Some(["OS_ACCESS_KEY", "OS_SECRET_KEY", "OS_SECURITY_TOKEN"]),
        user: Some(User {
            name: "OS_USERNAME",
            password: "OS_PASSWORD",
            domains: &["OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"],
            address: "OS_AUTH_URL",
        }),
    },
];

/// Looks through all places; `None` where none has any.
///
/// # Errors
/// When a place has a part of what belongs together, or what cannot be read: a later place is then no answer.
pub(in crate::cli) fn find(around: &Around<'_>) -> Result<Option<Found>, CliError> {
    for family in &FAMILIES {
        if let Some(found) = family.find(around)? {
            return Ok(Some(found));
        }
    }
    if let Some(found) = oidc::find(around.set)? {
        return Ok(Some(found));
    }
    if let Some(command) = (around.set)("EVSCTL_CREDENTIAL_COMMAND") {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        let name = words.first().cloned().unwrap_or_default();
        return Ok(Some(Found { place: Place::Command(name), what: What::Command(words) }));
    }
    if !around.beyond {
        return Ok(None);
    }
    if let Some(found) = in_clouds(around)? {
        return Ok(Some(found));
    }
    if let Some(found) = in_files(around)? {
        return Ok(Some(found));
    }
    let asked = (around.set)("EVSCTL_ECS_AGENCY").is_some_and(|value| value != "0");
    Ok(asked.then_some(Found { place: Place::Metadata, what: What::Agency }))
}

impl Family {
    fn find(&self, around: &Around<'_>) -> Result<Option<Found>, CliError> {
        let set = around.set;
        if let Some((name, token)) = self.tokens.iter().find_map(|name| Some((*name, set(name)?))) {
            let what = What::Token(SecretString::from(token));
            return Ok(Some(Found { place: Place::Environment(vec![name]), what }));
        }
        if let Some([access, secret, session]) = self.keys {
            match (set(access), set(secret)) {
                (Some(id), Some(key)) => {
                    let security_token = set(session).map(SecretString::from);
                    let mut names = vec![access, secret];
                    names.extend(security_token.is_some().then_some(session));
                    let keys = Keys { access: id, secret: SecretString::from(key), security_token };
                    return Ok(Some(Found { place: Place::Environment(names), what: What::Keys(keys) }));
                }
                (Some(_), None) => return Err(partial(access, &[secret])),
                (None, Some(_)) => return Err(partial(secret, &[access])),
                (None, None) => {}
            }
        }
        let Some(User { name: user, password, domains, address }) = self.user else { return Ok(None) };
        match (set(user), set(password)) {
            (Some(name), Some(word)) => {
                let domain = domains.iter().find_map(|name| Some((*name, set(name)?)));
                let (under, domain) = domain.ok_or_else(|| partial(user, &domains[..1]))?;
                let address = Named { variable: address, address: set(address) };
                let what = What::Password { user: name, password: SecretString::from(word), domain, address };
                Ok(Some(Found { place: Place::Environment(vec![user, password, under]), what }))
            }
            (Some(_), None) => Err(partial(user, &[password])),
            (None, Some(_)) => Err(partial(password, &[user])),
            (None, None) => Ok(None),
        }
    }
}

/// The cloud that `OS_CLOUD` names, in the first `clouds.yaml` that there is. One in the working directory does not count: a
/// pull request could add it, and a password beside it would go to the address that it names.
fn in_clouds(around: &Around<'_>) -> Result<Option<Found>, CliError> {
    let set = around.set;
    let Some(cloud) = set("OS_CLOUD") else { return Ok(None) };
    let named = set("OS_CLIENT_CONFIG_FILE").map(PathBuf::from);
    let home = set("HOME").map(|home| Path::new(&home).join(".config/openstack/clouds.yaml"));
    let mut places = match &named {
        Some(path) => vec![path.clone()],
        None => home.into_iter().chain([PathBuf::from("/etc/openstack/clouds.yaml")]).collect(),
    };
    let mut found = None;
    for path in places.drain(..) {
        if let Some(text) = read(&path, named.is_some())? {
            found = Some((path, text));
            break;
        }
    }
    let Some((path, text)) = found else {
        return Err(CliError::told(Exit::Denied, words::no_clouds(&cloud)));
    };
    let secure = read(&path.with_file_name("secure.yaml"), false)?;
    let what = match files::clouds(&text, secure.as_deref(), &cloud).map_err(|flaw| unusable(&path, &flaw))? {
        CloudLogin::Token(token) => What::Token(token),
        CloudLogin::Password { user, password, domain, auth_url } => {
            let address = Named { variable: "auth_url", address: Some(auth_url) };
            What::Password { user, password, domain, address }
        }
    };
    Ok(Some(Found { place: Place::Profile(path, cloud), what }))
}

fn in_files(around: &Around<'_>) -> Result<Option<Found>, CliError> {
    let set = around.set;
    let home = set("HOME").map(PathBuf::from);
    let at = |variable: &str, default: &[&str]| {
        let named = set(variable).map(|path| (PathBuf::from(path), true));
        named.or_else(|| Some((default.iter().fold(home.clone()?, |path, part| path.join(part)), false)))
    };
    let profile = set("HW_PROFILE");
    if let Some((path, named)) = at("HW_SHARED_CONFIG_FILE", &[".hcloud", "config.json"])
        && let Some(text) = read(&path, named)?
    {
        let (name, keys) =
            files::hcloud(&text, profile.as_deref(), jiff::Timestamp::now()).map_err(|flaw| unusable(&path, &flaw))?;
        return Ok(Some(Found { place: Place::Profile(path, name), what: What::Keys(keys) }));
    }
    if let Some((path, named)) = at("HUAWEICLOUD_SDK_CREDENTIALS_FILE", &[".huaweicloud", "credentials"])
        && let Some(text) = read(&path, named)?
    {
        let keys = files::sdk(&text).map_err(|flaw| unusable(&path, &flaw))?;
        return Ok(Some(Found { place: Place::Profile(path, "basic".to_owned()), what: What::Keys(keys) }));
    }
    Ok(None)
}

/// A file is of no use.
fn unusable(path: &Path, flaw: &FileFlaw) -> CliError {
    CliError::told(Exit::Denied, words::unusable(path, flaw))
}

/// A file's text; `None` where it is not there and nobody named it.
fn read(path: &Path, named: bool) -> Result<Option<String>, CliError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(None),
        Err(error) => Err(unusable(path, &FileFlaw::Unread(error.to_string()))),
    }
}

#[cfg(test)]
mod tests;
