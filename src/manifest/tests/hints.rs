//! What people write out of other tools' habit, and what they are told.

use super::*;

/// Every reason and hint about a whole text, warnings included.
fn told(text: &str) -> Vec<(String, String)> {
    let problems = match read(text) {
        Ok(manifest) => manifest.warnings,
        Err(problems) => problems.0,
    };
    problems.into_iter().map(|problem| (brief(&problem), problem.hint().unwrap_or_default())).collect()
}

/// The first hint about volumes, written below [`HEAD`], begins with these words.
#[track_caller]
fn hinted(text: &str, words: &str) {
    let found = told(&format!("{HEAD}{text}"));
    assert!(found.first().is_some_and(|(_, hint)| hint.starts_with(words)), "{found:?}");
}

#[test]
fn tabs_are_named_wherever_they_stand() {
    for text in ["  a:\n\tsize: 40\n", "  a:\n    size: 40\n\tname: x\n", "\ta: {size: 40}\n"] {
        hinted(text, "indent with spaces");
    }
}

#[test]
fn variables_do_not_exist() {
    for text in [
        "  a: {size: \"${size}\"}\n",
        "  a: {size: ${size}}\n",
        "  a:\n    size: ${var.size}\n",
        "  a: {size: 40, multiattach: \"${shared}\"}\n",
        "  a: {size: 40, volume_type: \"${type}\"}\n",
        "  a: {size: 40, name: \"${env}-a\"}\n",
    ] {
        hinted(text, "there are no variables");
    }
    check_volumes("  a: {size: 40, description: \"costs ${x}\"}\n", &[]);
    check_volumes("  a: {size: 40, name: \"$a{b}\"}\n", &[]);
}

#[test]
fn words_of_other_calls_and_tools_are_answered() {
    for (field, words) in [
        ("lifecycle: {ignore_changes: [size]}", "it is `ignore` here"),
        ("iops: 3000", "leave it out: the size decides"),
        ("throughput: 125", "leave it out: the size decides"),
        ("bssParam: {}", "in a volume, write prepaid: {period_type: month"),
        ("\"OS-SCH-HNT:scheduler_hints\": {}", "in a volume, write dedicated_storage_id"),
        ("charging_mode: prePaid", "write prepaid: {period_type: month"),
        ("auto_pay: true", "write prepaid: {period_type: month"),
        ("prepaid: {period_type: year, period_num: 1, isAutoPay: \"true\"}", "it is `auto_pay` here"),
        ("prepaid: {period_type: year, period_num: 1, periodNum: 1}", "it is `period_num` here"),
        ("prepaid: {period_type: year, period_num: 1, chargingMode: prePaid}", "leave it out"),
    ] {
        hinted(&format!("  a: {{size: 40, {field}}}\n"), words);
    }
    for (field, words) in [
        ("volume: {size: 40}", "put the body under a key of `volumes`"),
        ("size: 40", "it is a field of a volume"),
        ("bssParam: {}", "in a volume, write prepaid: {period_type: month"),
        ("server_id: x", "it is a field of a volume"),
    ] {
        let found = told(&format!("{field}\n{HEAD}  a: {{size: 40}}\n"));
        assert!(found[0].1.starts_with(words), "{found:?}");
    }
}

#[test]
fn what_is_missing_is_missing_from_the_first_key_on() {
    let found = told("# a comment\n\nvolumes: {}\n");
    assert_eq!(found[0].0, "3:1 the manifest has no `stack`");
    assert!(found[0].1.ends_with("where this file is one of several, PATH is their folder"), "{found:?}");
    assert_eq!(found[1].0, "3:1 the manifest has no `cloud`");
    assert!(found[1].1.contains("region: cn-north-4") && found[1].1.contains("simulator: true"), "{found:?}");
}

#[test]
fn a_saved_plan_is_no_manifest() {
    let text = "{\n  \"digest\": \"sha256:00\",\n  \"changes\": \"sha256:00\",\n  \"plan\": {\"stack\": \"s\"}\n}\n";
    let problems = parse(&[file("p.json", text)]).unwrap_err();
    assert_eq!(problems.to_string(), "p.json:2:3: error: this is a plan that was saved, not a manifest");
    let hint = problems.0[0].hint();
    assert_eq!(hint.as_deref(), Some("write evsctl apply PATH --plan p.json, PATH being the manifest's"));
}

#[test]
fn a_region_or_a_zone_with_a_slip_is_told() {
    let project = "0123456789abcdef0123456789abcdef";
    let said = |region: &str, zone: &str| {
        let text = format!(
            "stack: s\ncloud: {{region: {region}, project_id: {project}}}\ndefaults: {{availability_zone: {zone}, volume_type: SSD, size: 10}}\n\
             volumes: {{a: {{}}, b: {{}}}}\n"
        );
        let problems = read(text).unwrap().warnings;
        problems.iter().map(|it| format!("{}; {}", brief(it), it.hint().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(
        said("cn-nroth-4", "x"),
        ["2:17 warning: \"cn-nroth-4\" is no region that is known; did you mean cn-north-4?"]
    );
    let odd = |zone: &str| {
        format!("3:31 warning: \"{zone}\" is called like no zone of cn-north-4; did you mean cn-north-4a?")
    };
    // Once, where it stands, however many volumes have it.
    for zone in ["cn-nroth-4a", "CN-NORTH-4A", "cn-north-1a", "cn-north-4A"] {
        assert_eq!(said("cn-north-4", zone), [odd(zone)], "{zone}");
    }
    for (region, zone) in
        [("cn-north-4", "cn-north-4a"), ("cn-north-4", "az-dc-1"), ("eu-de", "eu-de-01"), ("mine", "cn-north-1a")]
    {
        assert_eq!(said(region, zone), [""; 0], "{region} {zone}");
    }
}

#[test]
fn a_number_with_a_unit_or_in_another_base_is_understood() {
    let hint = |size: &str| hints(&format!("  a: {{size: {size}}}\n"));
    for (size, meant) in [
        ("40GB", "write 40: it is a number of GB"),
        ("'40 GiB'", "write 40: it is a number of GB"),
        ("1TB", "write 1024: it is a number of GB"),
        ("0x28", "write 40, in decimal"),
        ("0o50", "write 40, in decimal"),
    ] {
        assert_eq!(hint(size), [meant], "{size}");
    }
    for (field, meant) in [
        ("period_unit: month", "write prepaid:"),
        ("image_name: debian", "write imageRef: ID"),
        ("source_vol_id: x", "write snapshot_id: ID"),
        ("instance_id: x", "write server_id: ID"),
    ] {
        let said = hints(&format!("  a: {{size: 40, {field}}}\n"));
        assert!(said.len() == 1 && said[0].starts_with(meant), "{field}: {said:?}");
    }
}
