//! Identity tokens, which a CI gives its jobs, and what they are exchanged by.

use super::address::{Named, Service};
use super::source::{Found, Place, What, partial, unusable};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::evs::iam::Agency;
use secrecy::SecretString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most that is read of a token's file.
const MAX_TOKEN: u64 = 64 << 10;
/// As the session is called in the cloud's own records, where nobody says.
const SESSION: &str = "evsctl";
/// How long keys for an agency may be good, in seconds (STS API reference, "AssumeAgencyWithOIDC").
const DURATION: std::ops::RangeInclusive<u32> = 900..=43_200;

const PROVIDER_URN: &str = "HUAWEICLOUD_OIDC_PROVIDER_URN";
const AGENCY_URN: &str = "HUAWEICLOUD_OIDC_AGENCY_URN";
const TOKEN: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
const TOKEN_FILE: &str = "HUAWEICLOUD_OIDC_TOKEN_FILE";
const SESSION_NAME: &str = "HUAWEICLOUD_OIDC_SESSION_NAME";
const DURATION_SECONDS: &str = "HUAWEICLOUD_OIDC_DURATION_SECONDS";
const POLICY: &str = "HUAWEICLOUD_OIDC_POLICY";
const POLICY_IDS: &str = "HUAWEICLOUD_OIDC_POLICY_IDS";
const IDP_ID: &str = "HUAWEICLOUD_SDK_IDP_ID";
const ID_TOKEN_FILE: &str = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";

/// An identity, and what it is exchanged by.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Identity {
    pub(super) token: Token,
    pub(super) by: Exchange,
    /// Where the exchange is asked for.
    pub(in crate::cli) address: Named,
}

impl Identity {
    /// Whether its address is that of IAM.
    pub(in crate::cli) fn is_of_iam(&self) -> bool {
        self.by.service() == Service::Iam
    }
}

/// Where the identity token is.
#[derive(Debug, Clone)]
pub(super) enum Token {
    /// In the environment.
    Given(SecretString),
    /// In a file, which its CI may replace at any time.
    File(PathBuf),
}

/// What exchanges it for keys.
#[derive(Debug, Clone)]
pub(in crate::cli) enum Exchange {
    /// STS, for those of an agency.
    Agency(Agency),
    /// IAM, for those of a user that an identity provider of this id vouches for.
    Provider(String),
}

impl Exchange {
    /// Who does it.
    pub(super) fn service(&self) -> Service {
        match self {
            Exchange::Agency(_) => Service::Sts,
            Exchange::Provider(_) => Service::Iam,
        }
    }
}

impl Token {
    /// The token as it is now.
    ///
    /// # Errors
    /// Why it cannot be read; no word of it is repeated.
    pub(super) fn read(&self) -> Result<SecretString, String> {
        match self {
            Token::Given(token) => Ok(token.clone()),
            Token::File(path) => from_file(path),
        }
    }
}

fn from_file(path: &Path) -> Result<SecretString, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    // It is read again for each exchange, which a pipe does not bear.
    if !file.metadata().is_ok_and(|it| it.is_file()) {
        return Err("it is no regular file".to_owned());
    }
    let mut text = String::new();
    file.take(MAX_TOKEN + 1).read_to_string(&mut text).map_err(|_| "it is not text".to_owned())?;
    if text.len() as u64 > MAX_TOKEN {
        return Err(format!("it has more than {MAX_TOKEN} bytes, and no identity token has"));
    }
    match text.trim() {
        "" => Err("it is empty".to_owned()),
        token => Ok(SecretString::from(token)),
    }
}

/// Looks for an identity token in the environment, under the names of the vendor's SDK.
///
/// # Errors
/// When a part of what belongs together is missing, or the file cannot be read.
pub(super) fn find(set: &dyn Fn(&str) -> Option<String>) -> Result<Option<Found>, CliError> {
    let found = match for_agency(set)? {
        Some(found) => Some(found),
        None => by_provider(set)?,
    };
    if let Some(Found { what: What::Identity(Identity { token: token @ Token::File(path), .. }), .. }) = &found {
        token.read().map_err(|why| unusable("the identity token", path, &why))?;
    }
    Ok(found)
}

fn for_agency(set: &dyn Fn(&str) -> Option<String>) -> Result<Option<Found>, CliError> {
    // As in the SDK, the token itself counts before its file.
    let (token, of) = match (set(TOKEN), set(TOKEN_FILE)) {
        (Some(token), _) => (Some(Token::Given(SecretString::from(token))), TOKEN),
        (None, file) => (file.map(|path| Token::File(PathBuf::from(path))), TOKEN_FILE),
    };
    let (provider, agency) = (set(PROVIDER_URN), set(AGENCY_URN));
    let there = [(PROVIDER_URN, provider.is_some()), (AGENCY_URN, agency.is_some()), (of, token.is_some())];
    let Some((has, _)) = there.into_iter().find(|(_, there)| *there) else { return Ok(None) };
    let (Some(provider_urn), Some(agency_urn), Some(token)) = (provider, agency, token) else {
        let lacks: Vec<&str> = there.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect();
        return Err(partial(has, &lacks));
    };
    let duration = set(DURATION_SECONDS).map(|text| {
        text.parse().ok().filter(|seconds| DURATION.contains(seconds)).ok_or_else(|| {
            let (least, most) = (DURATION.start(), DURATION.end());
            CliError::new(Exit::Denied, format!("{DURATION_SECONDS} is no number of seconds from {least} to {most}"))
                .hint("leave it out for an hour; the agency's own limit counts too")
        })
    });
    let ids = set(POLICY_IDS).unwrap_or_default();
    let agency = Agency {
        provider_urn,
        agency_urn,
        session: set(SESSION_NAME).unwrap_or_else(|| SESSION.to_owned()),
        duration: duration.transpose()?,
        policy: set(POLICY),
        policy_ids: ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect(),
    };
    let what = What::Identity(Identity {
        token,
        by: Exchange::Agency(agency),
        address: Named { variable: "HUAWEICLOUD_SDK_STS_ENDPOINT", address: set("HUAWEICLOUD_SDK_STS_ENDPOINT") },
    });
    Ok(Some(Found { place: Place::Environment(vec![PROVIDER_URN, AGENCY_URN, of]), what }))
}

fn by_provider(set: &dyn Fn(&str) -> Option<String>) -> Result<Option<Found>, CliError> {
    let (provider, file) = match (set(IDP_ID), set(ID_TOKEN_FILE)) {
        (Some(provider), Some(file)) => (provider, file),
        (Some(_), None) => return Err(partial(IDP_ID, &[ID_TOKEN_FILE])),
        (None, Some(_)) => return Err(partial(ID_TOKEN_FILE, &[IDP_ID])),
        (None, None) => return Ok(None),
    };
    let what = What::Identity(Identity {
        token: Token::File(PathBuf::from(file)),
        by: Exchange::Provider(provider),
        address: Named { variable: "HUAWEICLOUD_SDK_IAM_ENDPOINT", address: set("HUAWEICLOUD_SDK_IAM_ENDPOINT") },
    });
    Ok(Some(Found { place: Place::Environment(vec![IDP_ID, ID_TOKEN_FILE]), what }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn found(variables: &[(&str, &str)]) -> Result<Option<Found>, CliError> {
        find(&|name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    fn identity(variables: &[(&str, &str)]) -> Identity {
        let Some(Found { what: What::Identity(identity), .. }) = found(variables).unwrap() else {
            panic!("an identity")
        };
        identity
    }

    const URNS: [(&str, &str); 2] = [(PROVIDER_URN, "iam::a:oidcProvider:ci"), (AGENCY_URN, "iam::a:agency:deploy")];

    #[test]
    fn a_file_is_read_anew_each_time_and_shown_to_nobody() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let put = |text: &[u8]| {
            std::fs::File::create(file.path()).and_then(|mut file| std::io::Write::write_all(&mut file, text)).unwrap();
        };
        let path = file.path().to_str().unwrap();
        put(b"canary-1\n");
        let identity = identity(&[URNS[0], URNS[1], (TOKEN_FILE, path)]);
        assert_eq!(identity.token.read().unwrap().expose_secret(), "canary-1");
        put(b"canary-2\r\n");
        assert_eq!(identity.token.read().unwrap().expose_secret(), "canary-2");
        assert!(!format!("{identity:?}").contains("canary"));
        let big = vec![b'c'; (64 << 10) + 1];
        for (bytes, why) in [(&b" \n"[..], "is empty"), (&big, "more than 65536 bytes"), (b"canary\xff", "not text")] {
            put(bytes);
            let said = identity.token.read().unwrap_err();
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
            let told = found(&[(IDP_ID, "ci"), (ID_TOKEN_FILE, path)]).unwrap_err();
            assert_eq!(told.exit, Exit::Denied);
            assert!(told.message.contains(why), "{told:?}");
        }
        assert!(Token::File(PathBuf::from("/dev/null")).read().unwrap_err().contains("no regular file"));
    }

    #[test]
    fn what_the_environment_says_is_what_is_asked_for() {
        let Identity { by: Exchange::Agency(agency), address, token } =
            identity(&[URNS[0], URNS[1], (TOKEN, "canary"), (TOKEN_FILE, "/nowhere")])
        else {
            panic!("an agency")
        };
        assert!(matches!(token, Token::Given(_)) && address.address.is_none());
        assert_eq!((agency.session.as_str(), agency.duration, agency.policy), ("evsctl", None, None));
        let more = [
            URNS[0],
            URNS[1],
            (TOKEN, "canary"),
            (SESSION_NAME, "run-7"),
            (DURATION_SECONDS, "900"),
            (POLICY, "{}"),
            (POLICY_IDS, "a, b,"),
            ("HUAWEICLOUD_SDK_STS_ENDPOINT", "https://sts.example"),
        ];
        let Identity { by: Exchange::Agency(agency), address, .. } = identity(&more) else { panic!("an agency") };
        assert_eq!(
            (agency.session.as_str(), agency.duration, agency.policy.as_deref()),
            ("run-7", Some(900), Some("{}"))
        );
        assert_eq!(
            (agency.policy_ids, address.address.as_deref()),
            (vec!["a".to_owned(), "b".to_owned()], Some("https://sts.example"))
        );
        for seconds in ["899", "43201", "an hour", "-1"] {
            let error = found(&[URNS[0], URNS[1], (TOKEN, "canary"), (DURATION_SECONDS, seconds)]).unwrap_err();
            assert!(error.exit == Exit::Denied && error.message.contains("900 to 43200"), "{error:?}");
        }
    }

    #[test]
    fn a_part_is_an_error_that_says_what_is_missing() {
        for (variables, says) in [
            (&URNS[..1], "HUAWEICLOUD_OIDC_AGENCY_URN and HUAWEICLOUD_OIDC_TOKEN_FILE are not"),
            (&URNS[..], "HUAWEICLOUD_OIDC_TOKEN_FILE is not"),
            (&[(TOKEN, "canary"), URNS[0]], "HUAWEICLOUD_OIDC_AGENCY_URN is not"),
            (&[(TOKEN_FILE, "/canary")], "HUAWEICLOUD_OIDC_PROVIDER_URN and HUAWEICLOUD_OIDC_AGENCY_URN are not"),
            (&[(IDP_ID, "canary")], "HUAWEICLOUD_SDK_ID_TOKEN_FILE is not"),
            (&[(ID_TOKEN_FILE, "/canary")], "HUAWEICLOUD_SDK_IDP_ID is not"),
        ] {
            let error = found(variables).unwrap_err();
            assert!(error.exit == Exit::Denied && error.message.contains(says), "{error:?}");
            assert!(!error.message.contains("canary"), "{error:?}");
        }
        assert!(found(&[(DURATION_SECONDS, "1"), (SESSION_NAME, "x")]).unwrap().is_none());
    }
}
