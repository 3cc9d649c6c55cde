//! Ours by evidence: identity and fitness are two questions.

use crate::lying::lies::{Others, clock_off, empty_ids, makes};
use crate::lying::oracle::{holds, violations};
use crate::lying::script::{About, Rule};
use crate::lying::stage::{Stage, id};
use serde_json::{Value, json};

fn web(count: usize) -> Stage {
    let stage = Stage::new(&[], &format!("  web: {{ count: {count}, size: 20 }}"));
    stage.world.cloud_field("settle: 1s");
    stage
}

/// A job whose sub-jobs name two old volumes of somebody else, with tags of their own users.
fn names_others(stage: &Stage, fails: bool) {
    let others: Vec<Value> = stage.foreign.iter().filter(|it| it["tags"]["team"] == "books").cloned().collect();
    assert_eq!(others.len(), 2);
    stage.proxy.lies([Rule::answers(About::Job, move |_, answer, _| {
        if answer.body["status"] != "SUCCESS" {
            return;
        }
        let fail = |job: &mut Value| {
            if fails {
                job["status"] = json!("FAIL");
                job["error_code"] = json!("EVS.2024");
                job["fail_reason"] = json!("volume is error!");
            }
        };
        fail(&mut answer.body);
        for (sub_job, other) in answer.sub_jobs().into_iter().flatten().zip(&others) {
            fail(sub_job);
            sub_job["entities"]["volume_id"] = other["id"].clone();
        }
    })]);
}

#[test]
fn a_failed_job_that_names_somebody_elses_volumes_deletes_none_of_them() {
    let stage = web(2);
    names_others(&stage, true);
    // The real ones are there, and found by their tag, whatever the job says.
    let _ = stage.apply(&["--timeout", "4s"]);
    holds(&stage);
    for _ in 0..2 {
        stage.proxy.tells_the_truth();
        let _ = stage.apply(&["--timeout", "4s"]);
        holds(&stage);
    }
    assert_eq!(stage.ours().len(), 2, "the real ones are found by their tag, and none is bought again");
}

#[test]
fn a_job_that_names_somebody_elses_volumes_renames_none_and_loses_none_of_ours() {
    let stage = web(2);
    names_others(&stage, false);
    let _ = stage.apply(&["--timeout", "4s"]);
    holds(&stage);
    stage.proxy.tells_the_truth();
    stage.apply(&["--timeout", "4s"]).exits(0);
    holds(&stage);
    let recorded: Vec<String> = stage.world.recorded().iter().map(|it| id(it).to_owned()).collect();
    assert!(stage.ours().iter().all(|it| recorded.contains(&id(it).to_owned())), "the real ones are recorded");
}

#[test]
fn an_answer_about_another_volume_than_was_asked_for_records_nothing() {
    let stage = web(1);
    let other = stage.foreign[0].clone();
    let lie = Rule::answers(About::Show, move |_, answer, _| {
        if answer.status == 200 {
            answer.body["volume"] = other.clone();
        }
    });
    stage.proxy.lies(empty_ids().into_iter().chain([lie]));
    let ran = stage.apply(&["--timeout", "2s"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    holds(&stage);
    stage.proxy.tells_the_truth();
    stage.apply(&["--timeout", "4s"]).exits(0);
    holds(&stage);
    assert_eq!(stage.ours().len(), 1);
}

/// A stack with one volume, which is lost; and a volume with its tags that was made so much later.
fn lost_and_copied(after: jiff::SignedDuration) -> (Stage, String) {
    let stage = web(1);
    stage.apply(&[]).exits(0);
    let lost = id(&stage.ours()[0]).to_owned();
    stage.world.cloud.delete(&lost);
    stage.late("restored-by-hand");
    let copy = id(&stage.ours()[0]).to_owned();
    let made = jiff::Timestamp::now() + after;
    stage.edit(&copy, json!({"created_at": made.to_string()}));
    stage.proxy.lies(clock_off(after.as_secs() + 60));
    (stage, copy)
}

#[test]
fn a_copy_with_our_tags_made_months_later_takes_no_lost_volumes_place() {
    let (stage, copy) = lost_and_copied(jiff::SignedDuration::from_hours(24 * 90));
    for words in [&[][..], &["--skip-refused"], &["--allow-recreate", "1"]] {
        let _ = stage.apply(words);
        let truth = stage.ours().into_iter().find(|it| id(it) == copy);
        assert_eq!(truth.map(|it| it["name"].clone()), Some(json!("restored-by-hand")), "{words:?}");
        let recorded = stage.world.recorded();
        assert!(recorded.iter().all(|it| id(it) != copy), "{words:?}: {recorded:?}");
        holds_foreign(&stage);
    }
}

#[track_caller]
fn holds_foreign(stage: &Stage) {
    let wrong: Vec<String> =
        violations(stage, usize::MAX).into_iter().filter(|why| why.contains("somebody else")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_late_volume_in_a_lost_ones_place_needs_the_consent_that_buying_needs() {
    let (stage, copy) = lost_and_copied(jiff::SignedDuration::from_secs(60));
    stage.apply(&[]).exits(4).says("--allow-recreate 1");
    assert_eq!(stage.ours()[0]["name"], "restored-by-hand");
    stage.apply(&["--allow-recreate", "1"]).exits(0);
    assert_eq!((stage.ours().len(), stage.ours()[0]["name"].clone()), (1, json!("web")));
    assert_eq!(id(&stage.world.recorded()[0]), copy);
    holds(&stage);
}

/// A service that makes something else than it was asked for.
fn made_otherwise(change: fn(&mut Value), back: Value) {
    let stage = web(2);
    stage.proxy.lies(makes(change));
    stage.apply(&[]).exits(3).says("not as asked");
    let names: Vec<Value> = stage.ours().iter().map(|it| it["name"].clone()).collect();
    for _ in 0..2 {
        let ran = stage.apply(&[]);
        assert_ne!(ran.code, 0, "{ran:?}");
        let ran = stage.apply(&["--skip-refused"]);
        assert_ne!(ran.code, 0, "{ran:?}");
        assert_eq!(stage.deletions(), 0);
        assert_eq!(stage.ours().iter().map(|it| it["name"].clone()).collect::<Vec<_>>(), names);
    }
    holds(&stage);
    // Where it later shows as it was asked for, it is as good as any other.
    if back.is_object() {
        for volume in stage.ours() {
            stage.edit(id(&volume), back.clone());
        }
        stage.apply(&[]).exits(0);
        assert_eq!((stage.deletions(), stage.ours().len()), (0, 2));
        stage.world.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
    holds(&stage);
}

#[test]
fn ten_gigabytes_for_twenty_have_not_converged() {
    made_otherwise(|volume| volume["size"] = json!(10), json!({"size": 20}));
}

#[test]
fn another_zone_has_not_converged() {
    made_otherwise(|volume| volume["availability_zone"] = json!("az-dc-2"), Value::Null);
}

#[test]
fn another_type_has_not_converged() {
    made_otherwise(|volume| volume["volume_type"] = json!("SAS"), json!({"volume_type": "SSD"}));
}

#[test]
fn what_was_there_before_the_call_was_sent_is_not_its_work() {
    // Its sub-jobs name a volume without any tag, of the right size, type and zone, that is old only by its lists: the
    // service leaves out when anything was made.
    let stage = web(2);
    let old = stage.foreign.iter().find(|it| it["name"] == "web-0001").unwrap()["id"].clone();
    let others = Others::new(&[]);
    let undated = others.show(|volume| drop(volume.as_object_mut().unwrap().remove("created_at")));
    let named = Rule::answers(About::Job, move |_, answer, _| {
        if answer.body["status"] == "SUCCESS" {
            let first = answer.sub_jobs().into_iter().flatten().next();
            first.into_iter().for_each(|sub_job| sub_job["entities"]["volume_id"] = old.clone());
        }
    });
    stage.proxy.lies(undated.into_iter().chain([named]));
    let _ = stage.apply(&["--timeout", "4s"]);
    holds(&stage);
    stage.proxy.tells_the_truth();
    stage.apply(&["--timeout", "4s"]).exits(0);
    holds(&stage);
}

#[test]
fn what_a_job_calls_made_is_not_made_again_though_it_names_what_is_not_ours() {
    let stage = web(2);
    let others = Others::new(&stage.foreign);
    // Its volumes carry another stack's tag wherever they show: nobody can tell what became of the real ones.
    stage.proxy.lies(others.show(|volume| volume["tags"] = json!({"evsctl": "other_abcdefgh_abcdefghij"})));
    stage.apply(&["--timeout", "10s"]).exits(7).says("is not its own").says("evsctl state rm");
    holds(&stage);
    stage.proxy.tells_the_truth();
    stage.apply(&["--timeout", "4s"]).exits(0);
    holds(&stage);
}

#[test]
fn a_list_that_shows_two_volumes_under_one_id_is_no_list() {
    let stage = web(2);
    stage.apply(&[]).exits(0);
    std::fs::remove_dir_all(stage.world.dir.path().join("state")).unwrap();
    let others = Others::new(&stage.foreign);
    stage.proxy.lies(others.list(|others, list| {
        let ours = list.iter_mut().filter(|it| others.volumes.iter().all(|other| id(other) != id(it)));
        ours.enumerate().for_each(|(n, volume)| volume["id"] = others.volumes[n]["id"].clone());
    }));
    stage.world.run(&["state", "rebuild"]).exits(1).says("two volumes under one id");
    holds(&stage);
    stage.proxy.tells_the_truth();
    stage.world.run(&["state", "rebuild"]).exits(0);
    stage.apply(&[]).exits(0);
    holds(&stage);
}

#[test]
fn a_leftover_that_the_list_shows_is_not_given_up_because_a_read_misses_it() {
    let stage = web(2);
    stage.create_fails(json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"}));
    stage.apply(&[]).exits(3);
    let missing = Rule::answers(About::Show, |_, answer, _| {
        answer.status = 404;
        answer.body = json!({"error": {"code": "EVS.5404", "message": "could not be found."}});
    });
    stage.proxy.lies([missing]);
    stage.apply(&[]).exits(3).says("the list shows it");
    assert_eq!(stage.ours().len(), 2, "nothing is made beside it");
    stage.proxy.tells_the_truth();
    stage.apply(&[]).exits(0);
    assert_eq!((stage.ours().len(), stage.deletions()), (2, 1));
    holds(&stage);
}
