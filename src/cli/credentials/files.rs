//! Credentials in the files of other tools: KooCLI's profiles, the vendor's SDK's, and OpenStack's clouds.

use crate::evs::Keys;
use crate::words::credentials::FileFlaw;
use secrecy::SecretString;
use std::collections::BTreeMap;

/// KooCLI's file: profiles, of which one is the current one. Gives the profile's name too.
///
/// # Errors
/// Why it is of no use; no word of it is repeated.
pub(super) fn hcloud(text: &str, profile: Option<&str>, now: jiff::Timestamp) -> Result<(String, Keys), FileFlaw> {
    #[derive(serde::Deserialize)]
    struct File {
        current: Option<String>,
        #[serde(default)]
        profiles: Vec<Profile>,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Profile {
        name: String,
        access_key_id: Option<String>,
        secret_access_key: Option<SecretString>,
        security_token: Option<String>,
        expires_at: Option<String>,
    }
    let file: File = serde_json::from_str(text).map_err(|_| FileFlaw::NotHcloud)?;
    let wanted = profile.map(str::to_owned).or(file.current);
    let wanted = wanted.unwrap_or_else(|| "default".to_owned());
    let found = file.profiles.into_iter().find(|profile| profile.name == wanted);
    let found = found.ok_or_else(|| FileFlaw::NoProfile(wanted.clone()))?;
    let full = |text: &String| !text.is_empty();
    let access = found.access_key_id.filter(full).ok_or_else(|| FileFlaw::NoAccess(wanted.clone()))?;
    let secret = found.secret_access_key.ok_or_else(|| FileFlaw::NoSecret(wanted.clone()))?;
    // An access key's id is short and of capitals and digits; what is encrypted is neither.
    if access.len() > 32 || !access.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(FileFlaw::Encrypted(wanted));
    }
    if let Some(at) = found.expires_at.as_deref().and_then(time_of).filter(|at| *at <= now) {
        return Err(FileFlaw::Expired(wanted, at));
    }
    let security_token = found.security_token.filter(full).map(SecretString::from);
    Ok((wanted, Keys { access, secret, security_token }))
}

/// A time as KooCLI may write it: in words, or as seconds or milliseconds since 1970. One that does not read is none.
fn time_of(text: &str) -> Option<jiff::Timestamp> {
    match text.parse::<i64>() {
        Ok(0) => None,
        Ok(number) if number > 100_000_000_000 => jiff::Timestamp::from_millisecond(number).ok(),
        Ok(number) => jiff::Timestamp::from_second(number).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// What a cloud of `clouds.yaml` logs in with.
pub(super) enum CloudLogin {
    /// A token.
    Token(SecretString),
    /// A user's password, and where IAM is.
    Password { user: String, password: SecretString, domain: String, auth_url: String },
}

/// OpenStack's file of clouds, and the one beside it that holds secrets, which adds to it.
///
/// # Errors
/// Why it is of no use; no word of it is repeated.
pub(super) fn clouds(text: &str, secure: Option<&str>, cloud: &str) -> Result<CloudLogin, FileFlaw> {
    #[derive(serde::Deserialize)]
    struct File {
        #[serde(default)]
        clouds: BTreeMap<String, Cloud>,
    }
    #[derive(Default, serde::Deserialize)]
    struct Cloud {
        auth_type: Option<String>,
        #[serde(default)]
        auth: Auth,
    }
    #[derive(Default, serde::Deserialize)]
    struct Auth {
        auth_url: Option<String>,
        username: Option<String>,
        password: Option<SecretString>,
        user_domain_name: Option<String>,
        domain_name: Option<String>,
        token: Option<SecretString>,
    }
    let read = |text: &str| serde_yaml::from_str::<File>(text).map_err(|_| FileFlaw::NotClouds);
    let mut files = vec![read(text)?];
    if let Some(secure) = secure {
        files.push(read(secure)?);
    }
    let mut all = files.into_iter().filter_map(|mut file| file.clouds.remove(cloud));
    let first = all.next().ok_or_else(|| FileFlaw::NoCloud(cloud.to_owned()))?;
    let Cloud { auth_type, auth } = all.fold(first, |one, more| Cloud {
        auth_type: more.auth_type.or(one.auth_type),
        auth: Auth {
            auth_url: more.auth.auth_url.or(one.auth.auth_url),
            username: more.auth.username.or(one.auth.username),
            password: more.auth.password.or(one.auth.password),
            user_domain_name: more.auth.user_domain_name.or(one.auth.user_domain_name),
            domain_name: more.auth.domain_name.or(one.auth.domain_name),
            token: more.auth.token.or(one.auth.token),
        },
    });
    let lacks = |field| FileFlaw::NoAuth(cloud.to_owned(), field);
    match auth_type.as_deref().unwrap_or("password") {
        "password" | "v3password" => Ok(CloudLogin::Password {
            user: auth.username.ok_or_else(|| lacks("username"))?,
            password: auth.password.ok_or_else(|| lacks("password"))?,
            domain: auth.user_domain_name.or(auth.domain_name).ok_or_else(|| lacks("user_domain_name"))?,
            auth_url: auth.auth_url.ok_or_else(|| lacks("auth_url"))?,
        }),
        "token" | "v3token" => Ok(CloudLogin::Token(auth.token.ok_or_else(|| lacks("token"))?)),
        _ => Err(FileFlaw::OtherAuth(cloud.to_owned())),
    }
}

/// The SDK's file: sections of `name = value`, of which `[basic]` has the keys.
///
/// # Errors
/// Why it is of no use; no word of it is repeated.
pub(super) fn sdk(text: &str) -> Result<Keys, FileFlaw> {
    let (mut inside, mut access, mut secret, mut security_token) = (false, None, None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']').trim() == "basic";
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match name.trim() {
            "ak" => access = value,
            "sk" => secret = value,
            "security_token" => security_token = value,
            _ => {}
        }
    }
    let access = access.ok_or(FileFlaw::NoAk)?;
    let secret = secret.ok_or(FileFlaw::NoSk)?;
    Ok(Keys { access, secret: SecretString::from(secret), security_token: security_token.map(SecretString::from) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::credentials::flaw;
    use secrecy::ExposeSecret as _;

    const HCLOUD: &str = r#"{"current":"prod","profiles":[
        {"name":"default","mode":"AKSK","accessKeyId":"AK1","secretAccessKey":"canary1","securityToken":""},
        {"name":"prod","mode":"AKSK","accessKeyId":"AK2","secretAccessKey":"canary2","securityToken":"canary3"},
        {"name":"locked","accessKeyId":"8Kc+Zq/0==","secretAccessKey":"canary4"}]}"#;

    #[test]
    fn the_current_profile_counts_unless_another_is_named() {
        let (name, keys) = hcloud(HCLOUD, None, now()).unwrap();
        assert_eq!((name.as_str(), keys.access.as_str(), keys.secret.expose_secret()), ("prod", "AK2", "canary2"));
        assert_eq!(keys.security_token.unwrap().expose_secret(), "canary3");
        let (name, keys) = hcloud(HCLOUD, Some("default"), now()).unwrap();
        assert_eq!((name.as_str(), keys.access.as_str()), ("default", "AK1"));
        assert!(keys.security_token.is_none(), "an empty one is none");
    }

    #[test]
    fn what_is_of_no_use_says_why_and_repeats_nothing() {
        for (text, profile, why) in [
            (HCLOUD, Some("locked"), "encrypted"),
            (HCLOUD, Some("other"), "no profile"),
            ("{}", None, "no profile"),
            ("canary", None, "not the JSON"),
        ] {
            let said = flaw(&hcloud(text, profile, now()).unwrap_err());
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
        }
        for (text, why) in [("", "`ak`"), ("[basic]\nak = A", "`sk`"), ("[other]\nak = A\nsk = canary", "`ak`")] {
            let said = flaw(&sdk(text).unwrap_err());
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn a_profile_that_has_expired_is_said_to_be() {
        let profile = |at: &str| {
            HCLOUD.replace(r#""securityToken":"canary3""#, &format!(r#""securityToken":"t","expiresAt":"{at}""#))
        };
        for at in ["2026-11-30T05:00:00Z", "1764478800", "1764478800000"] {
            let said = flaw(&hcloud(&profile(at), None, now()).unwrap_err());
            assert!(said.contains("profile \"prod\" has expired, at 20"), "{said}");
        }
        for at in ["", "0", "2126-11-30T05:00:00Z", "soon"] {
            assert!(hcloud(&profile(at), None, now()).is_ok(), "{at}");
        }
    }

    #[test]
    fn a_cloud_of_openstack_logs_in() {
        let text = "clouds:\n  otc:\n    region_name: eu-de\n    auth: {auth_url: 'https://iam.eu-de.otc.t-systems.com/v3', username: u, \
                    user_domain_name: d, password: canary}\n  key: {auth_type: v3applicationcredential}\n  by: {auth_type: token, auth: {token: canary}}\n";
        let CloudLogin::Password { user, password, domain, auth_url } = clouds(text, None, "otc").ok().unwrap() else {
            panic!()
        };
        assert_eq!((user.as_str(), password.expose_secret(), domain.as_str()), ("u", "canary", "d"));
        assert_eq!(auth_url, "https://iam.eu-de.otc.t-systems.com/v3");
        assert!(matches!(clouds(text, None, "by"), Ok(CloudLogin::Token(_))));
        // The file beside it holds what is secret.
        let bare = text.replace(", password: canary", "");
        let secure = "clouds: {otc: {auth: {password: other}}}";
        let Ok(CloudLogin::Password { password, .. }) = clouds(&bare, Some(secure), "otc") else { panic!() };
        assert_eq!(password.expose_secret(), "other");
        for (text, cloud, why) in [
            (bare.as_str(), "otc", "no `password`"),
            (text, "none", "no cloud"),
            (text, "key", "neither with a password"),
            ("canary: [", "otc", "no YAML"),
        ] {
            let said = clouds(text, None, cloud).err().map(|why| flaw(&why)).unwrap();
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
        }
    }

    fn now() -> jiff::Timestamp {
        "2026-11-30T06:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_sdks_file_reads() {
        let text = "# keys\n[global]\nak = X\n[basic]\nak = A\nsk= s=1\n\nsecurity_token =t\nproject_id = p\n";
        let keys = sdk(text).unwrap();
        assert_eq!((keys.access.as_str(), keys.secret.expose_secret()), ("A", "s=1"));
        assert_eq!(keys.security_token.unwrap().expose_secret(), "t");
    }
}
