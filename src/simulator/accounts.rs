//! Who has accounts with the embedded cloud: what `--credentials` says.
//!
//! The text form, a file's, is JSON:
//!
//! ```json
//! {"accounts": [{
//!   "domain": "example",
//!   "projects": [{"id": "0123456789abcdef0123456789abcdef", "name": "cn-north-4"}],
//!   "users": [{"name": "ops", "password": "a password"}],
//!   "access_keys": [
//!     {"ak": "EXAMPLEAK", "sk": "a secret key"},
//!     {"ak": "TEMPORARYAK", "sk": "another", "security_token": "a token", "projects": ["0123456789abcdef0123456789abcdef"]}
//!   ],
//!   "identity_providers": [
//!     {"idp_id": "ci", "provider_urn": "iam::EXAMPLE:oidcProvider:ci", "agency_urn": "iam::EXAMPLE:agency:deploy",
//!      "id_tokens": ["an identity token"]}
//!   ]
//! }]}
//! ```
//!
//! An account is what the API calls a domain. Its users and keys may work in all of its projects; a key that has
//! `projects` only in those. A key with a `security_token` is a temporary one. An identity provider vouches for whoever
//! has one of its `id_tokens`: they are exchanged for temporary keys as they stand, since nobody here can tell whether a
//! signed one is good. Nothing else exists: a project that the file does not name can be reached by nobody.
//!
//! Where there is no file, one key is all: nobody names a project, so its account has every one, and none of them has a
//! name that IAM could look up.

use super::ids;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt;

/// The account of the only key, where no file names any.
const OF_ONE_KEY: &str = "simulator";

/// Who may come into the embedded cloud.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// The accounts as JSON, in the form that `evsctl simulator --credentials` reads from a file.
    Accounts(SecretString),
    /// Whoever signs with this one key; it may work in every project.
    Key {
        /// Its name.
        access: String,
        /// What it signs with.
        secret: SecretString,
    },
}

/// A text that is never shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Secret(String);

impl Secret {
    /// Whether somebody knows it.
    pub(super) fn is(&self, text: &str) -> bool {
        self.0 == text
    }

    /// As it is told to whom it is issued.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// As a signature is keyed with it.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// All accounts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    accounts: Vec<Account>,
}

/// One account with its projects, and those who may work in them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// Its name.
    pub(super) domain: String,
    /// Those that have a name.
    pub(super) projects: Vec<Project>,
    /// Whether it has every other project too.
    #[serde(skip)]
    every_project: bool,
    #[serde(default)]
    pub(super) users: Vec<User>,
    #[serde(default)]
    pub(super) access_keys: Vec<AccessKey>,
    #[serde(default)]
    pub(super) identity_providers: Vec<IdentityProvider>,
}

/// A project, which is a region's resources as one account sees them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    /// 32 lower-case hexadecimal digits.
    pub(super) id: String,
    /// A region's name, for its default project.
    pub(super) name: String,
}

/// Somebody with a password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) password: Secret,
}

/// Somebody whose word counts for an agency, and for a user of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityProvider {
    /// Its name with IAM.
    pub(super) idp_id: String,
    /// Its name with STS.
    pub(super) provider_urn: String,
    /// The agency that trusts it.
    pub(super) agency_urn: String,
    /// The tokens that it has signed.
    pub(super) id_tokens: Vec<Secret>,
}

impl IdentityProvider {
    /// Whether it has signed this one.
    pub(super) fn signed(&self, token: &str) -> bool {
        self.id_tokens.iter().any(|it| it.is(token))
    }
}

/// A key to sign with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKey {
    pub(super) ak: String,
    pub(super) sk: Secret,
    /// Makes it a temporary key, which is good only together with this.
    #[serde(default)]
    pub(super) security_token: Option<Secret>,
    /// Ids of the projects it may work in; `None` is all of its account.
    #[serde(default)]
    pub(super) projects: Option<Vec<String>>,
}

impl AccessKey {
    /// Whether it may work in that project of its account.
    pub(super) fn reaches(&self, project: &str) -> bool {
        self.projects.as_ref().is_none_or(|ids| ids.iter().any(|id| id == project))
    }
}

impl Account {
    /// Its id, which the file does not give.
    pub(super) fn id(&self) -> String {
        ids::fingerprint(&[b"domain", self.domain.as_bytes()]).chars().take(32).collect()
    }

    /// Whether it has the project of that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.every_project || self.projects.iter().any(|it| it.id == id)
    }
}

impl Accounts {
    /// Those that were given.
    ///
    /// # Errors
    /// A sentence that says what is wrong. It holds nothing that may be secret.
    pub(super) fn of(credentials: &Credentials) -> Result<Accounts, String> {
        match credentials {
            Credentials::Accounts(text) => Accounts::read(text.expose_secret()),
            Credentials::Key { access, secret } => Accounts::of_one_key(access, secret.expose_secret()),
        }
    }

    fn of_one_key(access: &str, secret: &str) -> Result<Accounts, String> {
        let key = AccessKey {
            ak: access.to_owned(),
            sk: Secret::from(secret.to_owned()),
            security_token: None,
            projects: None,
        };
        let account = Account {
            domain: OF_ONE_KEY.to_owned(),
            projects: Vec::new(),
            every_project: true,
            users: Vec::new(),
            access_keys: vec![key],
            identity_providers: Vec::new(),
        };
        let accounts = Accounts { accounts: vec![account] };
        accounts.check()?;
        Ok(accounts)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// A sentence that says what is wrong. It holds nothing of the text that may be secret.
    pub(super) fn read(text: &str) -> Result<Accounts, String> {
        let accounts: Accounts = serde_json::from_str(text).map_err(|error| unread(&error))?;
        accounts.check()?;
        Ok(accounts)
    }

    fn check(&self) -> Result<(), String> {
        let (mut domains, mut ids, mut keys) = (HashSet::new(), HashSet::new(), HashSet::new());
        let (mut providers, mut agencies) = (HashSet::new(), HashSet::new());
        for account in &self.accounts {
            let domain = &account.domain;
            if domain.is_empty() || !domains.insert(domain) {
                return Err(format!("each account has a `domain` of its own; `{domain}` is empty or stands twice"));
            }
            let mut names = HashSet::new();
            for Project { id, name } in &account.projects {
                if id.len() != 32 || !id.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it)) {
                    return Err(format!("the project id `{id}` is not 32 of 0-9 and a-f"));
                }
                if !ids.insert(id) || name.is_empty() || !names.insert(name) {
                    return Err(format!("the project {id}, `{name}`, has no name, or its id or name stands twice"));
                }
            }
            let mut users = HashSet::new();
            for user in &account.users {
                if user.name.is_empty() || user.password.0.is_empty() || !users.insert(&user.name) {
                    return Err(format!(
                        "the user `{}` of {domain} has no name or password, or stands twice",
                        user.name
                    ));
                }
            }
            for key in &account.access_keys {
                // The ak is a name, the sk is not: only the first may be shown.
                if key.ak.is_empty() || key.sk.0.is_empty() || !keys.insert(&key.ak) {
                    return Err(format!("the access key `{}` has no ak or sk, or stands twice", key.ak));
                }
                let strange = key.projects.iter().flatten().find(|id| !account.has(id));
                if let Some(id) = strange {
                    return Err(format!(
                        "the access key `{}` names the project `{id}`, which {domain} has not",
                        key.ak
                    ));
                }
            }
            for provider in &account.identity_providers {
                let IdentityProvider { idp_id, provider_urn, agency_urn, id_tokens } = provider;
                let empty = [idp_id, provider_urn, agency_urn].into_iter().any(String::is_empty)
                    || id_tokens.iter().any(|it| it.is(""));
                if empty || !providers.insert(idp_id) || !agencies.insert((provider_urn, agency_urn)) {
                    return Err(format!(
                        "the identity provider `{idp_id}` of {domain} has an empty part, or stands twice"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The key of that name, with its account.
    pub(super) fn key(&self, ak: &str) -> Option<(&Account, &AccessKey)> {
        let all = self.accounts.iter().flat_map(|account| account.access_keys.iter().map(move |key| (account, key)));
        all.into_iter().find(|(_, key)| key.ak == ak)
    }

    /// Every identity provider, with its account.
    pub(super) fn providers(&self) -> impl Iterator<Item = (&Account, &IdentityProvider)> {
        self.accounts.iter().flat_map(|account| account.identity_providers.iter().map(move |it| (account, it)))
    }

    /// Every user, with its account.
    pub(super) fn users(&self) -> impl Iterator<Item = (&Account, &User)> {
        self.accounts.iter().flat_map(|account| account.users.iter().map(move |it| (account, it)))
    }

    /// The account of that name.
    pub(super) fn account(&self, domain: &str) -> Option<&Account> {
        self.accounts.iter().find(|it| it.domain == domain)
    }
}

/// What was wrong, and where. The reader's own words may quote a value, and that may be a secret.
fn unread(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let safe = ["missing field", "unknown field", "duplicate field"].iter().any(|it| text.starts_with(it));
    if safe || !error.is_data() {
        return text;
    }
    format!("line {} column {}: a value of another kind than expected", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"accounts":[{"domain":"d","projects":[{"id":"0123456789abcdef0123456789abcdef","name":"r"}],
        "users":[{"name":"u","password":"pass-word"}],
        "access_keys":[{"ak":"A","sk":"secret-key","projects":["0123456789abcdef0123456789abcdef"]}],
        "identity_providers":[{"idp_id":"ci","provider_urn":"p","agency_urn":"a","id_tokens":["id-token"]}]}]}"#;

    #[test]
    fn a_file_reads_and_shows_no_secret() {
        let accounts = Accounts::read(GOOD).unwrap();
        let (account, key) = accounts.key("A").unwrap();
        assert!(key.sk.is("secret-key") && key.reaches("0123456789abcdef0123456789abcdef") && !key.reaches("x"));
        assert_eq!((account.id().len(), accounts.account("e").is_none()), (32, true));
        let shown = format!("{accounts:?}");
        assert!(!["secret-key", "pass-word", "id-token"].iter().any(|it| shown.contains(it)), "{shown}");
        let (account, provider) = accounts.providers().next().unwrap();
        assert!(account.domain == "d" && provider.signed("id-token") && !provider.signed("id"));
    }

    #[test]
    fn one_key_reaches_every_project() {
        let key = |access: &str, secret: &str| Credentials::Key { access: access.to_owned(), secret: secret.into() };
        let given = key("A", "secret-key");
        let accounts = Accounts::of(&given).unwrap();
        let (account, found) = accounts.key("A").unwrap();
        for id in ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"] {
            assert!(account.has(id) && found.reaches(id));
        }
        assert!(accounts.key("B").is_none() && account.projects.is_empty());
        assert!(!format!("{given:?}{accounts:?}").contains("secret-key"));
        for empty in [key("", "secret-key"), key("A", "")] {
            assert!(Accounts::of(&empty).unwrap_err().contains("has no ak or sk"));
        }
        // A file cannot say so.
        let text = GOOD.replacen("{\"domain\"", "{\"every_project\":true,\"domain\"", 1);
        assert!(Accounts::read(&text).unwrap_err().contains("unknown field `every_project`"));
    }

    #[test]
    fn what_does_not_fit_together_is_refused_without_its_secrets() {
        for (from, to, says) in [
            (r#""d""#, r#""""#, "has a `domain` of its own"),
            ("0123456789abcdef0123456789abcdef", "me", "is not 32 of 0-9 and a-f"),
            (r#""r""#, r#""""#, "has no name"),
            (r#""pass-word""#, r#""""#, "the user `u` of d has no name or password"),
            (r#""secret-key""#, r#""""#, "the access key `A` has no ak or sk"),
            (r#"["0123456789abcdef0123456789abcdef"]"#, r#"["f"]"#, "names the project `f`, which d has not"),
            (r#""users":["#, r#""users":"pass-word","x":["#, "of another kind than expected"),
            (r#""sk""#, r#""secret""#, "unknown field `secret`"),
            (r#","sk":"secret-key""#, "", "missing field `sk`"),
            (r#""ci""#, r#""""#, "the identity provider `` of d has an empty part"),
            (r#"["id-token"]"#, r#"[""]"#, "the identity provider `ci` of d has an empty part"),
            (r#"["id-token"]"#, r#""id-token""#, "of another kind than expected"),
            ("]}]}", "", "EOF"),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD);
            let why = Accounts::read(&text).unwrap_err();
            assert!(why.contains(says), "{to}: {why}");
            assert!(!["secret-key", "pass-word", "id-token"].iter().any(|it| why.contains(it)), "{to}: {why}");
        }
        let key = GOOD.replace(
            r#"}],
        "identity"#,
            r#"},{"ak":"A","sk":"other"}],
        "identity"#,
        );
        let provider = r#"{"idp_id":"ci","provider_urn":"q","agency_urn":"a","id_tokens":[]}]}]}"#;
        for twice in [key, GOOD.replace("}]}]}", &format!("}},{provider}"))] {
            assert!(Accounts::read(&twice).unwrap_err().contains("stands twice"), "{twice}");
        }
    }
}
