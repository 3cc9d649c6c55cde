use super::super::fixture::{
    clean, create, delete, drift, mark_lost, plan as plan_of, recreate, rename, resized, spec,
};
use super::*;
use crate::plan::{Step, Wanted};
use crate::volume::Field;

#[test]
fn a_plan_reads_from_what_may_hurt_to_what_may_be_folded_away() {
    let mut sample = plan_of(vec![
        recreate("web", &[(3, "b104b8db-31e7")], spec("SAS", 40, "cn-north-4b")),
        clean("web[2]", "b104b8db-31e8", "see EVS.2024 by @admin, the pool is full"),
        rename("web[1]", ("we`b", Some("a|b")), ("web-0001", Some("@all <b>"))),
        Step::Create(create("kafka-data", "kafka-data", [13, 14], spec("SSD", 800, "cn-north-4a"))),
    ]);
    sample.refusals = vec![resized("db[1]", Wanted::Shrink, 80, 40)];
    sample.drift = vec![drift("web[1]", Field::Name, "web-0001", "we`b")];
    sample.warnings = vec![mark_lost("web[5]", "evs`ctl")];
    assert_eq!(
        plan(&sample),
        format!(
            "\
### evsctl plan: `kafka-prod`

**2 to create, 1 to change, 0 to destroy, 1 to recreate, 1 to clean, 27 unchanged, 1 refused**

`cn-north-4`, serial 17, 41 recorded, 41 in the cloud

project `0123456789abcdef0123456789abcdef` at `https://evs.cn-north-4.myhuaweicloud.com`

Calls: 2 create, 3 update, 1 delete, 2 list, 2 show, 1 snapshot list, about 16 polls

**Recreating needs --allow-recreate 1**

changes `{}`

#### Take a close look (2)

- `!` `web[3]` recreate: `SAS 40 GB`, `cn-north-4b`, `b104b8db-31e7` is gone
- `-` `web[2]` clean: `b104b8db-31e8` was left by a failed create: `EVS.2024` see `EVS.2024` by `@admin,` the pool is full

#### Refused (1)

- `db[1]` shrink: size: 80 GB → 40 GB, which cannot be done in place
  To lift it: a volume only grows; put size of db back in the manifest as before, or write `size: 80`, as the cloud shows it, or leave it alone: lifecycle: `{{ignore: [size]}}`

<details><summary>Changes (2)</summary>

- `~` `web[1]` rename: ``we`b`` → `web-0001`; description `a|b` → `@all <b>`, volume `b104b8db-0000-4000-8000-000000000001`
- `+` `kafka-data[13..14]` create: 2 volumes, `SSD 800 GB`, `cn-north-4a`, 1 call, 2 renames

</details>

<details><summary>Drift: changed from outside (1)</summary>

- `web[1]` `name`: `web-0001` → ``we`b``

</details>

<details><summary>Warnings (1)</summary>

- `web[5]` (b104b8db) does not carry the ownership tag ``\"evs`ctl\"`` that marks it as this stack's, and it carries too many others for that to be set; take one off in the console

</details>
",
            sample.changes()
        )
    );
}

#[test]
fn an_empty_plan_says_so() {
    assert_eq!(
        plan(&plan_of(Vec::new())),
        "### evsctl plan: `kafka-prod`\n\nNothing to do: 27 volumes are as desired.\n\n\
         `cn-north-4`, serial 17, 41 recorded, 41 in the cloud\n\n\
         project `0123456789abcdef0123456789abcdef` at `https://evs.cn-north-4.myhuaweicloud.com`\n"
    );
}

#[test]
fn a_text_never_gets_out_of_its_span() {
    for (text, span) in [
        ("web", "`web`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("``x```", "```` ``x``` ````"),
        (" x", "`  x `"),
        ("a\nb\u{1b}", "`a\\nb\\u{1b}`"),
        ("", "(empty)"),
    ] {
        assert_eq!(code(text), span);
    }
    for (text, safe) in [
        ("too large", "too large"),
        ("ask @admin or #12 (see www.a.b) now.", "ask `@admin` or `#12` (see `www.a.b)` now."),
        ("<img src=x> *bold* _it_ GH-1", "`<img src=x> *bold* _it_ GH-1`"),
        ("a | b", "a `|` b"),
        ("size: 40 -> 80, then `retype` it", "size: 40 → 80, then `retype` it"),
        ("put volume_type back (`a b`).", "put volume_type back (`a b`)."),
        ("@a`b <c>`@d`@e`", "`@a` `b <c>` `@d` `@e`"),
        ("odd ` one", "odd `` ` `` one"),
    ] {
        assert_eq!(prose(text), safe);
    }
}

/// Every `<details>` is closed, and nothing stands behind the last of them unclosed.
fn well_formed(text: &str) {
    assert!(text.len() <= MOST, "{} bytes", text.len());
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.ends_with('\n'));
}

#[test]
fn the_page_stays_below_its_limit() {
    let wild = |n: u32| format!("{n}{}", "`@|<卷>".repeat(20));
    let renames = (1..=20_000).map(|n| rename(&format!("web[{n}]"), (&wild(n), None), (&wild(n + 1), None)));
    let mut large = plan_of(renames.collect());
    large.cloud.region = Some("r".repeat(100_000));
    large.warnings = vec![mark_lost("web[1]", &"w".repeat(70_000))];
    let text = plan(&large);
    well_formed(&text);
    assert!(text.len() > MOST / 2);
    let shown = text.matches("- `~` ").count();
    let note =
        format!("Left out to keep this short: {} changes, 1 warning. `--format json` shows all.\n", 20_000 - shown);
    assert!(text.contains(&format!("- … and {} more\n", 20_000 - shown)));
    assert!(text.ends_with(&note));
}

#[test]
fn what_may_hurt_takes_the_room_of_all_else() {
    let mut steps: Vec<Step> =
        (1..=20_000).map(|n| clean(&format!("web[{n}]"), &format!("id-{n}"), "the pool is full")).collect();
    steps.push(rename("a[1]", ("x", None), ("y", None)));
    let text = plan(&plan_of(steps));
    well_formed(&text);
    let shown = text.matches("- `-` ").count() - 1;
    assert!(shown > 300);
    assert!(text.contains("#### Take a close look (20000)\n"));
    let rest = format!("- `-` `web[{}..20000]` clean: {} volumes\n", shown + 1, 20_000 - shown);
    assert!(
        text.ends_with(&format!("{rest}\nLeft out to keep this short: 1 change. `--format json` shows all.\n")),
        "{}",
        &text[text.len() - 300..]
    );
}

/// What a page says of a destruction of these many volumes of these keys, of so many GB each.
fn destroying(keys: &[(&str, u32, u32)]) -> String {
    let of = |&(key, volumes, size): &(&str, u32, u32)| {
        let address = move |n| format!("{key}[{n}]");
        (1..=volumes).map(move |n| delete(&address(n), size)).collect::<Vec<_>>()
    };
    let mut large = plan_of(keys.iter().flat_map(of).collect());
    large.refusals = (1..=500).map(|n| resized(&format!("k{n}[1]"), Wanted::Shrink, 80, 40)).collect();
    let text = plan(&large);
    well_formed(&text);
    text
}

#[test]
fn no_key_that_loses_a_volume_is_left_out() {
    let long = "l".repeat(200);
    let text = destroying(&[(&long, 200, 50), ("zz-prod-db", 1, 2000)]);
    let in_full = text.matches(" delete: `SSD 50 GB`").count();
    assert!(in_full > 100, "{in_full}");
    let left = 200 - in_full as u32;
    let rest = format!("- `-` `{long}[{}..200]` delete: {left} volumes, {} GB\n", in_full + 1, left * 50);
    assert!(text.contains(&rest), "{text}");
    assert!(text.contains("- `-` `zz-prod-db[1]` delete: 1 volume, 2000 GB\n"), "{text}");
    assert!(text.ends_with("Left out to keep this short: 500 refusals. `--format json` shows all.\n"), "{text}");
}

#[test]
fn overlong_keys_are_cut_and_stay_apart() {
    let keys: Vec<String> = (0..400).map(|n| format!("{}-{n}-{}", "a".repeat(200), "z".repeat(40))).collect();
    let keys: Vec<(&str, u32, u32)> = keys.iter().map(|key| (key.as_str(), 2, 10)).collect();
    let text = destroying(&keys);
    let told: Vec<&str> = text.lines().filter(|line| line.ends_with(": 2 volumes, 20 GB")).collect();
    let in_full = text.matches(" delete: `SSD 10 GB`").count();
    assert!(told.len() + in_full.div_ceil(2) >= 400, "{} and {in_full}", told.len());
    assert!(told.iter().all(|line| line.len() < 110 && line.contains('…')), "{told:?}");
    assert_eq!(told.iter().collect::<std::collections::BTreeSet<_>>().len(), told.len());
}

#[test]
fn a_thousand_keys_stand_in_the_shortest_form() {
    let keys: Vec<String> = (0..1000).map(|n| format!("database-of-a-customer-{n:04}")).collect();
    let keys: Vec<(&str, u32, u32)> = keys.iter().map(|key| (key.as_str(), 3, 100)).collect();
    let text = destroying(&keys);
    let in_full = text.matches(" delete: `SSD 100 GB`").count();
    let short = text.matches(" 3 volumes, 300 GB").count() + text.matches(" 2 volumes, 200 GB").count();
    assert!(short + in_full.div_ceil(3) >= 1000, "{short} and {in_full}");
}

#[test]
fn where_no_form_has_room_for_all_keys_the_largest_stand_there_and_the_sum_of_the_rest() {
    let keys: Vec<String> = (0..20_000).map(|n| format!("key-{n}")).collect();
    let keys: Vec<(&str, u32, u32)> = keys.iter().map(|key| (key.as_str(), 1, 10)).collect();
    let text = destroying(&[&keys[..], &[("zz-prod-db", 1, 2000)]].concat());
    assert!(text.contains("`zz-prod-db` 1 volume, 2000 GB\n"), "{text}");
    let told = text.matches(" 1 volume, 10 GB").count();
    let (left, gb) = (20_000 - told, (20_000 - told) * 10);
    assert!(told > 1000 && text.contains(&format!("- … and {left} more keys: {left} volumes, {gb} GB\n")), "{told}");
}

/// Many stacks on one page: each that has room is on it, and what destroys is never what is left out.
#[test]
fn a_page_of_many_stacks_shows_first_what_may_hurt_and_keeps_its_size() {
    let quiet = plan_of(vec![Step::Create(create("web", "web", [1], spec("SAS", 40, "cn-north-4b")))]);
    let hurts = plan_of(vec![clean("web[2]", "b104b8db-31e8", "the pool is full")]);
    for (stacks, long) in [(30, false), (100, false), (400, false), (400, true)] {
        let path = |n: usize| if long { format!("{}{n}", "long/".repeat(40)) } else { format!("s{n}") };
        let paths: Vec<String> = (0..stacks).map(path).collect();
        let all: Vec<Stack<'_>> = paths
            .iter()
            .enumerate()
            .map(|(n, path)| (path.as_str(), if n + 1 == stacks { Ok(&hurts) } else { Ok(&quiet) }))
            .collect();
        let page = plans(&all);
        assert!(page.len() <= MOST, "{}", page.len());
        assert!(page.contains("Take a close look (1)") && page.contains("1 to clean"), "{stacks}");
        let shown =
            page.matches(&hurts.changes().to_string()).count() + page.matches(&quiet.changes().to_string()).count();
        if stacks == 30 {
            assert_eq!((shown, page.matches(heading::NO_ROOM).count()), (30, 0));
        }
    }
}
