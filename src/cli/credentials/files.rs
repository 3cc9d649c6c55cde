//! Credentials in the files of other tools: KooCLI's profiles, and the vendor's SDK's.

use crate::evs::Keys;
use crate::words::credentials::FileFlaw;
use secrecy::SecretString;

/// KooCLI's file: profiles, of which one is the current one. Gives the profile's name too.
///
/// # Errors
/// Why it is of no use; no word of it is repeated.
pub(super) fn hcloud(text: &str, profile: Option<&str>) -> Result<(String, Keys), FileFlaw> {
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
    let security_token = found.security_token.filter(full).map(SecretString::from);
    Ok((wanted, Keys { access, secret, security_token }))
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
        let (name, keys) = hcloud(HCLOUD, None).unwrap();
        assert_eq!((name.as_str(), keys.access.as_str(), keys.secret.expose_secret()), ("prod", "AK2", "canary2"));
        assert_eq!(keys.security_token.unwrap().expose_secret(), "canary3");
        let (name, keys) = hcloud(HCLOUD, Some("default")).unwrap();
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
            let said = flaw(&hcloud(text, profile).unwrap_err());
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
        }
        for (text, why) in [("", "`ak`"), ("[basic]\nak = A", "`sk`"), ("[other]\nak = A\nsk = canary", "`ak`")] {
            let said = flaw(&sdk(text).unwrap_err());
            assert!(said.contains(why) && !said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn the_sdks_file_reads() {
        let text = "# keys\n[global]\nak = X\n[basic]\nak = A\nsk= s=1\n\nsecurity_token =t\nproject_id = p\n";
        let keys = sdk(text).unwrap();
        assert_eq!((keys.access.as_str(), keys.secret.expose_secret()), ("A", "s=1"));
        assert_eq!(keys.security_token.unwrap().expose_secret(), "t");
    }
}
