use super::*;
use crate::cli::exit::Exit;
use secrecy::ExposeSecret as _;

fn found(variables: &[(&str, &str)], beyond: bool) -> Result<Option<Found>, CliError> {
    let set = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    find(&Around { set: &set, beyond })
}

fn word(variables: &[(&str, &str)]) -> String {
    let found = found(variables, true).unwrap().unwrap();
    format!("{} of {}", found.what.word(), found.place)
}

#[test]
fn the_first_place_wins() {
    let all = [
        ("OS_AUTH_TOKEN", "x"),
        ("HUAWEICLOUD_SDK_AK", "a"),
        ("HUAWEICLOUD_SDK_SK", "s"),
        ("HW_ACCESS_KEY", "a"),
        ("HW_SECRET_KEY", "s"),
        ("HW_SECURITY_TOKEN", "t"),
        ("EVSCTL_AUTH_TOKEN", "x"),
    ];
    assert_eq!(word(&all), "token of the environment: EVSCTL_AUTH_TOKEN");
    assert_eq!(
        word(&all[..6]),
        "temporary access key of the environment: HW_ACCESS_KEY, HW_SECRET_KEY, HW_SECURITY_TOKEN"
    );
    assert_eq!(word(&all[..3]), "access key of the environment: HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK");
    assert_eq!(word(&all[..1]), "token of the environment: OS_AUTH_TOKEN");
}

#[test]
fn an_identity_token_comes_after_the_keys_of_the_environment_and_before_a_command() {
    let all = [
        ("HW_ACCESS_KEY", "a"),
        ("HW_SECRET_KEY", "s"),
        ("HUAWEICLOUD_OIDC_PROVIDER_URN", "p"),
        ("HUAWEICLOUD_OIDC_AGENCY_URN", "a"),
        ("HUAWEICLOUD_OIDC_ID_TOKEN", "t"),
        ("HUAWEICLOUD_SDK_IDP_ID", "i"),
        ("HUAWEICLOUD_SDK_ID_TOKEN_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")),
        ("EVSCTL_CREDENTIAL_COMMAND", "vault"),
    ];
    assert_eq!(word(&all), "access key of the environment: HW_ACCESS_KEY, HW_SECRET_KEY");
    assert_eq!(
        word(&all[2..]),
        "identity token of the environment: HUAWEICLOUD_OIDC_PROVIDER_URN, HUAWEICLOUD_OIDC_AGENCY_URN, \
         HUAWEICLOUD_OIDC_ID_TOKEN"
    );
    assert_eq!(
        word(&all[5..]),
        "identity token of the environment: HUAWEICLOUD_SDK_IDP_ID, HUAWEICLOUD_SDK_ID_TOKEN_FILE"
    );
}

#[test]
fn a_password_needs_a_user_and_an_account() {
    let names = [("HW_USER_NAME", "u"), ("HW_USER_PASSWORD", "canary"), ("HW_DOMAIN_NAME", "d")];
    let Some(Found { what: What::Password { user, password, domain, address }, .. }) = found(&names, false).unwrap()
    else {
        panic!("a password")
    };
    let address = (address.variable, address.address);
    assert_eq!((user.as_str(), password.expose_secret(), domain.as_str()), ("u", "canary", "d"));
    assert_eq!(address, ("HW_AUTH_URL", None));
}

#[test]
fn a_part_is_an_error_that_says_what_is_missing() {
    for (variables, has, lacks) in [
        (&[("HW_ACCESS_KEY", "canary")][..], "HW_ACCESS_KEY", "HW_SECRET_KEY"),
        (&[("HUAWEICLOUD_SDK_SK", "canary")], "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_AK"),
        (&[("HW_USER_NAME", "canary"), ("HW_USER_PASSWORD", "canary")], "HW_USER_NAME", "HW_DOMAIN_NAME"),
        (&[("OS_PASSWORD", "canary")], "OS_PASSWORD", "OS_USERNAME"),
    ] {
        let error = found(variables, true).unwrap_err();
        assert_eq!(error.exit, Exit::Denied);
        let text = error.render();
        assert!(text.contains(&format!("{has} is set, and {lacks} is not")), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn files_come_after_the_environment_and_never_count_on_loopback() {
    let home = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
            .unwrap();
    };
    let at = home.path().to_str().unwrap();
    assert!(found(&[("HOME", at)], true).unwrap().is_none());
    put(".huaweicloud/credentials", "[basic]\nak = A\nsk = S\n");
    assert!(word(&[("HOME", at)]).starts_with("access key of profile \"basic\" in "));
    put(".hcloud/config.json", r#"{"profiles":[{"name":"default","accessKeyId":"B","secretAccessKey":"S"}]}"#);
    assert!(word(&[("HOME", at)]).starts_with("access key of profile \"default\" in "));
    assert!(found(&[("HOME", at)], false).unwrap().is_none());
    assert_eq!(word(&[("HOME", at), ("HW_AUTH_TOKEN", "t")]), "token of the environment: HW_AUTH_TOKEN");
    put(".hcloud/config.json", "canary");
    let text = found(&[("HOME", at)], true).unwrap_err().render();
    assert!(text.contains("cannot be used") && !text.contains("canary"), "{text}");
    let text = found(&[("HW_SHARED_CONFIG_FILE", "/nowhere/at/all")], true).unwrap_err().render();
    assert!(text.contains("/nowhere/at/all"), "who names a file means it: {text}");
}

#[test]
fn a_servers_agency_is_asked_for_only_where_that_is_wanted() {
    assert!(found(&[], true).unwrap().is_none());
    assert!(found(&[("EVSCTL_ECS_AGENCY", "0")], true).unwrap().is_none());
    assert_eq!(word(&[("EVSCTL_ECS_AGENCY", "1")]), "agency of the server's agency, by its metadata service");
    assert!(found(&[("EVSCTL_ECS_AGENCY", "1")], false).unwrap().is_none());
    assert_eq!(
        word(&[("EVSCTL_CREDENTIAL_COMMAND", "vault read x")]),
        "command of the command \"vault\" of EVSCTL_CREDENTIAL_COMMAND"
    );
}
