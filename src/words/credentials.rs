//! Credentials: where they are looked for, and why they are of no use.

use super::number::either;
use super::told::Told;
use crate::evs::TokenFlaw;
use std::path::Path;

/// What sort of credentials there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A token of IAM.
    Token,
    /// An access key that is good for a while.
    TemporaryKey,
    /// An access key.
    Key,
    /// A user's password.
    Password,
    /// An identity token, which is exchanged for keys.
    IdentityToken,
    /// A command that writes them.
    Command,
    /// A server's agency.
    Agency,
}

/// What sort of credentials there are, in a word or two.
pub fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Token => "token",
        Sort::TemporaryKey => "temporary access key",
        Sort::Key => "access key",
        Sort::Password => "password",
        Sort::IdentityToken => "identity token",
        Sort::Command => "command",
        Sort::Agency => "agency",
    }
}

/// Where credentials were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// In these variables.
    Environment(&'a [&'static str]),
    /// In a profile of a file.
    Profile(&'a Path, &'a str),
    /// A command of that name gives them.
    Command(&'a str),
    /// The metadata service of the server that this runs on.
    Metadata,
}

/// Where credentials were found; `credentials of` may stand before it.
pub fn place(place: Place<'_>) -> String {
    match place {
        Place::Environment(names) => format!("the environment: {}", names.join(", ")),
        Place::Profile(path, name) => format!("profile {name:?} in {}", path.display()),
        Place::Command(name) => format!("the command {name:?} of EVSCTL_CREDENTIAL_COMMAND"),
        Place::Metadata => "the server's agency, by its metadata service".to_owned(),
    }
}

/// No place has any.
pub fn none() -> Told {
    Told::new("there are no credentials").hint(
        "looked for, in this order: EVSCTL_AUTH_TOKEN; EVSCTL_ACCESS_KEY with EVSCTL_SECRET_KEY; HW_AUTH_TOKEN; \
         HW_ACCESS_KEY with HW_SECRET_KEY; HW_USER_NAME with HW_USER_PASSWORD and HW_DOMAIN_NAME; HUAWEICLOUD_SDK_AK \
         with HUAWEICLOUD_SDK_SK; OS_AUTH_TOKEN; OS_ACCESS_KEY with OS_SECRET_KEY; OS_USERNAME with OS_PASSWORD and OS_USER_DOMAIN_NAME; \
         HUAWEICLOUD_OIDC_PROVIDER_URN with HUAWEICLOUD_OIDC_AGENCY_URN and HUAWEICLOUD_OIDC_TOKEN_FILE; \
         HUAWEICLOUD_SDK_IDP_ID with HUAWEICLOUD_SDK_ID_TOKEN_FILE; EVSCTL_CREDENTIAL_COMMAND; the cloud of OS_CLOUD in clouds.yaml; ~/.hcloud/config.json; \
         ~/.huaweicloud/credentials; the server's agency, where EVSCTL_ECS_AGENCY=1",
    )
}

/// `OS_CLOUD` names a cloud, and there is no file of clouds.
pub fn no_clouds(cloud: &str) -> Told {
    Told::new(format!("OS_CLOUD names the cloud {cloud:?}, and there is no clouds.yaml")).hint(
        "it is looked for in ~/.config/openstack and /etc/openstack, or where OS_CLIENT_CONFIG_FILE says; one in the working \
         directory does not count, since a pull request could add it",
    )
}

/// A place has a part of what belongs together: one variable is set, and others are not.
pub fn partial(has: &str, lacks: &[&str]) -> Told {
    let (are, lacks) = (either(lacks.len(), "is", "are"), lacks.join(" and "));
    Told::new(format!("{has} is set, and {lacks} {are} not")).hint(format!("set {lacks} too, or unset {has}"))
}

/// Why a file is of no use. No word of it is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFlaw {
    /// It cannot be read; in the words of the system.
    Unread(String),
    /// It is not the JSON that KooCLI writes.
    NotHcloud,
    /// It has no profile of that name.
    NoProfile(String),
    /// The profile of that name has no access key.
    NoAccess(String),
    /// The profile of that name has no secret key.
    NoSecret(String),
    /// The profile of that name is encrypted.
    Encrypted(String),
    /// The profile of that name was good until then.
    Expired(String, jiff::Timestamp),
    /// It is no YAML of clouds.
    NotClouds,
    /// It has no cloud of that name.
    NoCloud(String),
    /// The cloud of that name has no such field below `auth`.
    NoAuth(String, &'static str),
    /// The cloud of that name has a way to log in that is not known here.
    OtherAuth(String),
    /// It has no access key in the section where one belongs.
    NoAk,
    /// It has no secret key in the section where one belongs.
    NoSk,
}

/// Why a file of credentials is of no use.
pub fn flaw(flaw: &FileFlaw) -> String {
    match flaw {
        FileFlaw::Unread(words) => words.clone(),
        FileFlaw::NotHcloud => "it is not the JSON that `hcloud` writes".to_owned(),
        FileFlaw::NoProfile(name) => format!("it has no profile {name:?}"),
        FileFlaw::NoAccess(name) => format!("profile {name:?} has no access key"),
        FileFlaw::NoSecret(name) => format!("profile {name:?} has no secret key"),
        FileFlaw::Encrypted(name) => {
            format!(
                "profile {name:?} is encrypted; `hcloud configure set --cli-auth-encrypt=false` writes it in the clear"
            )
        }
        FileFlaw::Expired(name, at) => {
            format!(
                "profile {name:?} has expired, at {}: log in again with `hcloud`",
                crate::words::number::second(*at)
            )
        }
        FileFlaw::NotClouds => "it is no YAML with `clouds`".to_owned(),
        FileFlaw::NoCloud(name) => format!("it has no cloud {name:?}"),
        FileFlaw::NoAuth(name, field) => format!("cloud {name:?} has no `{field}` below `auth`"),
        FileFlaw::OtherAuth(name) => {
            format!(
                "cloud {name:?} logs in neither with a password nor with a token, and evsctl knows no other way there"
            )
        }
        FileFlaw::NoAk => "its section [basic] has no `ak`".to_owned(),
        FileFlaw::NoSk => "its section [basic] has no `sk`".to_owned(),
    }
}

/// A file of credentials is of no use.
pub fn unusable(path: &Path, why: &FileFlaw) -> Told {
    mend(format!("the credentials in {} cannot be used: {}", path.display(), flaw(why)))
}

/// The file of an identity token is of no use.
pub fn unusable_token(path: &Path, why: &TokenFlaw) -> Told {
    mend(format!("the identity token in {} cannot be used: {why}", path.display()))
}

fn mend(message: String) -> Told {
    Told::new(message).hint("mend the file, or set credentials in the environment, which come first")
}

/// A variable says for how many seconds keys are to be good, and they cannot be good for that long.
pub fn no_duration(variable: &str, least: u32, most: u32) -> Told {
    Told::new(format!("{variable} is no number of seconds from {least} to {most}"))
        .hint("leave it out for an hour; the agency's own limit counts too")
}

/// What whoever hears it can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// A password.
    Password,
    /// An identity token.
    IdentityToken,
}

/// What would be given away to whatever listens on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Exposed<'a> {
    /// What credentials there are.
    pub bearer: Bearer,
    /// Whether it would be they themselves; else it is the token that they give.
    pub itself: bool,
    /// The address, which only the manifest names.
    pub here: &'a str,
    /// Where they were found.
    pub place: Place<'a>,
    /// The variable in which the runner could say that it is meant.
    pub variable: &'a str,
}

/// Credentials would be given away to whatever listens on this machine.
pub fn exposed(exposed: &Exposed<'_>) -> Told {
    let Exposed { bearer, itself, here, place: at, variable } = *exposed;
    let what = match bearer {
        Bearer::Password => "the password",
        Bearer::IdentityToken => "the identity token",
    };
    let why = match itself {
        true => format!("{what} would go to whatever listens at {here}, which only the manifest names"),
        false => format!("the token that {what} gives would be shown to whatever listens at {here}"),
    };
    Told::new(format!("{why}; credentials of {}", place(at)))
        .hint(format!("if a rehearsal there is meant, say so in the runner's environment: {variable}={here}"))
}

/// A service beside EVS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Tokens, keys and projects.
    Iam,
    /// Keys for an agency.
    Sts,
}

/// Why an address of a service is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAddress {
    /// None follows from the address of EVS.
    None,
    /// It does not read.
    Unread,
    /// It is not of https, or has more in it than an address.
    NotPlain,
    /// It is of http, and not on this machine.
    Clear,
    /// It would be the endpoint's own, whose name is not that of EVS.
    NotTold,
}

/// An address of a service is not taken; a variable could say another.
pub fn no_address(service: Beside, address: &str, why: NoAddress, variable: &str) -> Told {
    let (name, form) = match service {
        Beside::Iam => ("IAM", "https://iam.REGION.DOMAIN/v3"),
        Beside::Sts => ("STS", "https://sts.REGION.DOMAIN"),
    };
    let why = match why {
        NoAddress::None => "is none",
        NoAddress::Unread => "is no address",
        NoAddress::NotPlain => "is no plain https address",
        NoAddress::Clear => "is not https, and a secret would cross the network in the clear",
        NoAddress::NotTold => {
            return Told::new(format!(
                "where {name} is, the endpoint {address} does not tell, and no password or identity token is sent to a guess"
            ))
            .hint(format!("set {variable} to {form}"));
        }
    };
    Told::new(format!("the address of {name}, {address:?}, {why}"))
        .hint(format!("set {variable} to {form}, or leave it out"))
}

/// What is wrong with a file of authorities that holds none.
pub const NO_CERTIFICATE: &str = "it holds no certificate";

/// A file of authorities is of no use.
pub fn no_authorities(path: &Path, why: &str) -> Told {
    Told::new(format!("SSL_CERT_FILE names {}, which is of no use: {why}", path.display()))
        .hint("name a file with certificates in PEM, or unset it: then those of the system are trusted")
}

/// No connection can be prepared; in the words of the library below. The certificates of those who are trusted are what
/// it takes.
pub fn unconnectable(words: &str) -> Told {
    Told::new(format!("cannot connect: {words}")).hint(
        "the certificates of the authorities to trust are the system's, or those in SSL_CERT_FILE and SSL_CERT_DIR where \
         these are set",
    )
}
