use super::*;
use std::collections::BTreeSet;

#[test]
fn every_documented_code_stands_there_once() {
    let codes: Vec<&str> = all().map(|known| known.code).collect();
    assert_eq!(codes.len(), 181);
    assert_eq!(codes.iter().map(|code| code.to_ascii_lowercase()).collect::<BTreeSet<_>>().len(), codes.len());
    let of = |prefix: &str| codes.iter().copied().filter(|code| code.starts_with(prefix)).collect::<Vec<_>>();
    assert_eq!((of("EVS.").len(), of("APIGW.").len(), of("Common.").len()), (143, 35, 3));
    for prefix in ["EVS.", "APIGW.", "Common."] {
        assert!(of(prefix).is_sorted(), "{prefix} codes are in order");
    }
}

/// No code is another's by mistake: what is told of it stands under the id.
#[test]
fn every_id_has_its_code_in_order() {
    let mut places = [0; 3];
    for Code { id, code, statuses, .. } in all() {
        let (table, place, name) = match id {
            Id::Request(id) => (0, *id as usize, format!("{id:?}")),
            Id::Service(id) => (1, *id as usize, format!("{id:?}")),
            Id::Gateway(id) => (2, *id as usize, format!("{id:?}")),
        };
        assert_eq!(place, places[table], "{code}");
        places[table] += 1;
        assert!(name.eq_ignore_ascii_case(&code.replace('.', "")), "{name}: {code}");
        assert!(statuses.iter().all(|status| (400..600).contains(status)), "{code}");
    }
}

#[test]
fn a_code_is_found_however_it_is_typed_and_only_as_it_is_in_an_answer() {
    for text in ["EVS.1034", "evs.1034", " Evs.1034: ", "`EVS.1034`"] {
        assert_eq!(typed(text).map(|known| known.code), Some("EVS.1034"), "{text}");
    }
    assert_eq!(typed("common.0011").map(|known| known.code), Some("Common.0011"));
    assert!(find("EVS.1034").is_some() && find("evs.1034").is_none() && find("").is_none());
    assert!(typed("").is_none() && typed("...").is_none() && typed("EVS.9999").is_none());
}

#[test]
fn what_is_no_code_is_near_to_some() {
    let near = |text: &str| nearest(text).iter().map(|known| known.code).collect::<Vec<_>>();
    assert!(near("EVS.1304").contains(&"EVS.1034"));
    assert_eq!(near("EVS1034")[0], "EVS.1034");
    assert_eq!(near("1034"), ["EVS.1034"]);
    assert_eq!(near("0308"), ["APIGW.0308"]);
    assert_eq!(near("apigw.308")[0], "APIGW.0308");
    assert!(near("EVS.9999").len() <= 3);
    assert!(near("quota").is_empty() && near("").is_empty() && near(&"9".repeat(1 << 20)).is_empty());
}

#[test]
fn a_prefix_tells_who_speaks() {
    assert_eq!(speaker("EVS.9999"), Some(Speaker::Service));
    assert_eq!(speaker("apigw.9"), Some(Speaker::Gateway));
    assert_eq!(speaker("Common.1"), Some(Speaker::Shared));
    assert!(speaker("ECS.0001").is_none() && speaker("EVS").is_none() && speaker("").is_none());
}

/// What the codes mean, whatever they come with; of all others the status tells.
const FIXED: [(Meaning, &[&str]); 10] = [
    (Meaning::Trouble, &["EVS.1068", "EVS.2052"]),
    (Meaning::JobUnknown, &["Common.0011"]),
    (Meaning::NotFound, &["EVS.5404"]),
    (Meaning::InProgress, &["EVS.2221"]),
    (Meaning::TokenMalformed, &["EVS.2218"]),
    (Meaning::TokenUsed, &["EVS.2219", "EVS.2220", "EVS.2222"]),
    (Meaning::TokensOff, &["EVS.2223"]),
    (Meaning::Exhausted, &["EVS.1034", "EVS.1042", "EVS.5413", "EVS.2071", "EVS.2072"]),
    (
        Meaning::Conflict,
        &[
            "EVS.1014", "EVS.1035", "EVS.1044", "EVS.1046", "EVS.1047", "EVS.1048", "EVS.1064", "EVS.1065", "EVS.1066",
            "EVS.2020", "EVS.2040", "EVS.2043", "EVS.2068", "EVS.2089", "EVS.2130", "EVS.2409",
        ],
    ),
    (
        Meaning::Denied,
        &[
            "EVS.0001",
            "EVS.0002",
            "EVS.0003",
            "EVS.1027",
            "EVS.2010",
            "EVS.2013",
            "EVS.2034",
            "EVS.2035",
            "EVS.2036",
            "EVS.2044",
            "EVS.2055",
            "EVS.2056",
            "EVS.2143",
            "EVS.2144",
            "EVS.2145",
            "EVS.2265",
            "EVS.5401",
            "EVS.5403",
            "Common.0013",
            "Common.0018",
        ],
    ),
];

#[test]
fn a_code_means_what_it_always_meant() {
    for status in [302, 400, 401, 403, 404, 408, 409, 410, 413, 429, 500, 503] {
        let by_status = meaning(status, "");
        for known in all() {
            let fixed = FIXED.iter().find(|(_, codes)| codes.contains(&known.code)).map(|(meaning, _)| *meaning);
            assert_eq!(meaning(status, known.code), fixed.unwrap_or(by_status), "{status} {}", known.code);
        }
    }
}

#[test]
fn a_class_and_what_is_done_about_it_agree() {
    for known in all() {
        for (course, statuses) in known.answers() {
            let does = course.does();
            assert!(!statuses.is_empty(), "{}", known.code);
            let fits = match known.class {
                Class::Quota | Class::Capacity | Class::Permission => does == Does::Stops,
                Class::Retry => matches!(does, Does::Repeats | Does::Waits),
                Class::Defect => (does == Does::Stops) == statuses.iter().all(|status| *status < 500),
                Class::State | Class::Failure | Class::NotFound | Class::Token => true,
            };
            assert!(fits, "{} {statuses:?}: {} and {}", known.code, known.class.word(), does.word());
        }
    }
}

#[test]
fn a_code_says_more_than_its_status() {
    assert_eq!(meaning(400, "Common.0011"), Meaning::JobUnknown);
    assert_eq!(meaning(400, "EVS.1034"), Meaning::Exhausted);
    assert_eq!(meaning(400, "EVS.9999"), Meaning::Invalid);
    assert_eq!(meaning(502, ""), Meaning::Trouble);
    assert_eq!(meaning(404, "APIGW.0101"), Meaning::NotFound);
    assert_eq!(meaning(302, ""), Meaning::Invalid);
}
