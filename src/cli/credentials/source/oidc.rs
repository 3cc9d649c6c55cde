//! Identity tokens in the environment, under the names of the vendor's SDK, and what they are exchanged by.

use crate::cli::credentials::address::Named;
use crate::cli::credentials::found::{Found, Place, What, partial};
use crate::cli::credentials::identity::{Exchange, Identity, Token};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::evs::iam::Agency;
use crate::words::credentials as words;
use secrecy::SecretString;
use std::path::PathBuf;

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
        token.read().map_err(|flaw| CliError::told(Exit::Denied, words::unusable_token(path, &flaw)))?;
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
            let told = words::no_duration(DURATION_SECONDS, *DURATION.start(), *DURATION.end());
            CliError::told(Exit::Denied, told)
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
    use crate::evs::TokenFlaw;
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
            let said = identity.token.read().unwrap_err().to_string();
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
            let told = found(&[(IDP_ID, "ci"), (ID_TOKEN_FILE, path)]).unwrap_err();
            assert_eq!(told.exit, Exit::Denied);
            assert!(told.message.contains(why), "{told:?}");
        }
        assert_eq!(Token::File(PathBuf::from("/dev/null")).read().unwrap_err(), TokenFlaw::NotAFile);
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
