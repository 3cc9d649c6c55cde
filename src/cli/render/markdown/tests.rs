use super::super::fixture::{clean, create, drift, mark_lost, plan as plan_of, recreate, rename, resized, spec};
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

Calls: 2 create, 3 update, 1 delete, 2 list, 2 show, about 16 polls

**Recreating needs --allow-recreate 1**

changes `{}`

#### Take a close look (2)

- `!` `web[3]` recreate: `SAS 40 GB`, `cn-north-4b`, `b104b8db-31e7` is gone
- `-` `web[2]` clean: `b104b8db-31e8` was left by a failed create: `EVS.2024` see `EVS.2024` by `@admin,` the pool is full

#### Refused (1)

- `db[1]` shrink: size: 80 GB → 40 GB, which cannot be done in place
  To lift it: a volume only grows; put size of db back in the manifest as before, or leave it alone: lifecycle: `{{ignore: [size]}}`

<details><summary>Changes (2)</summary>

- `~` `web[1]` rename: ``we`b`` → `web-0001`; description `a|b` → `@all <b>`, volume `b104b8db-0000-4000-8000-000000000001`
- `+` `kafka-data[13..14]` create: 2 volumes, `SSD 800 GB`, `cn-north-4a`, 1 call, 2 renames

</details>

<details><summary>Drift: changed from outside (1)</summary>

- `web[1]` `name`: `web-0001` → ``we`b``

</details>

<details><summary>Warnings (1)</summary>

- `web[5]` (b104b8db) has lost the tag ``\"evs`ctl\"`` that marks it as this stack's, and it carries too many others for that to be put back; take one off in the console

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
    let shown = text.matches("- `-` ").count();
    assert!(shown > 300);
    assert!(text.contains("#### Take a close look (20000)\n"));
    let missing = 20_000 - shown;
    assert!(text.ends_with(&format!(
        "- … and {missing} more\n\nLeft out to keep this short: {missing} items, 1 change. `--format json` shows all.\n"
    )), "{}", &text[text.len() - 300..]);
}
