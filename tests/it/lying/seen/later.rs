//! Lists that say that they are cut short, a gateway that answers in the service's place, and what is told of a volume
//! later than of its call.

use crate::lying::lies::{Others, makes};
use crate::lying::oracle::holds;
use crate::lying::script::{About, Rule};
use crate::lying::stage::{CREATES, Stage, id};
use crate::support::until;
use serde_json::json;
use std::process::Stdio;

fn cut_to(shown: usize) -> Rule {
    Rule::answers(About::List, move |ask, answer, _| {
        let first = !ask.query.contains("marker");
        let Some(list) = answer.list() else { return };
        let all = list.len();
        list.truncate(if first { shown } else { 0 });
        if first {
            answer.body["count"] = json!(all);
        }
    })
}

#[test]
fn nothing_is_planned_from_a_list_that_says_that_it_is_cut_short() {
    let stage = Stage::alone(&[], "  web: { count: 3, size: 20 }");
    stage.apply(&[]).exits(0);
    let former = std::fs::read(stage.world.snapshot()).unwrap();
    stage.volumes("  web: { count: 4, size: 20 }");
    stage.apply(&[]).exits(0);
    // An older state and a list that is cut know nothing of the fourth.
    stage.world.back_to(&former);
    stage.proxy.lies([cut_to(3)]);
    stage.apply(&[]).exits(1).says("it says that there are 4 volumes and shows 3");
    // Who has no state knows nothing at all.
    std::fs::remove_dir_all(stage.world.snapshot().parent().unwrap()).unwrap();
    stage.apply(&[]).exits(1).says("it says that there are 4 volumes and shows 3");
    for words in [&["orphans"][..], &["state", "rebuild"]] {
        stage.world.run(words).exits(1).says("it says that there are 4 volumes and shows 3");
    }
    assert_eq!(stage.ours().len(), 4);
    stage.proxy.tells_the_truth();
    stage.apply(&[]).exits(4).says("there is no recorded state");
    assert_eq!(stage.ours().len(), 4);
}

/// One of two volumes will fail, and be there in status `error`.
fn one_of_two() -> Stage {
    let stage = Stage::new(&[], "  web: { count: 2, size: 20 }");
    stage.create_fails(json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"}));
    stage
}

/// The only recorded volume gets another stack's tag, and that one's name. Gives its id.
fn becomes_theirs(stage: &Stage) -> String {
    let made = id(&stage.world.recorded()[0]).to_owned();
    stage.edit(&made, json!({"tags": {"evsctl": "other_abcdefgh_abcdefghij"}, "name": "theirs"}));
    made
}

fn is_still_theirs(stage: &Stage, made: &str) {
    let shown = stage.world.cloud.volumes().into_iter().find(|volume| id(volume) == made).unwrap();
    assert_eq!(shown["name"], "theirs");
}

#[test]
fn a_404_of_the_gateway_says_nothing_about_a_volume() {
    let stage = one_of_two();
    stage.apply(&[]).exits(3);
    let recorded = stage.world.recorded();
    // To the deletion first, then to the reads of what the list leaves out.
    let no_service = json!({"error_code": "APIGW.0103", "error_msg": "The backend does not exist", "request_id": "r"});
    stage.world.cloud.faults(json!([{"method": "DELETE", "then": {"status": 404, "body": no_service.clone()}}]));
    stage.apply(&["--timeout", "5s"]).exits(3).says("APIGW.0103");
    assert_eq!((stage.world.recorded(), stage.ours().len()), (recorded.clone(), 2));
    stage.world.cloud.faults(json!([]));
    let unserved =
        Rule::answers(About::Show, move |_, answer, _| (answer.status, answer.body) = (404, no_service.clone()));
    stage.proxy.lies(Others::new(&[]).list(|_, list| list.clear()).into_iter().chain([unserved]));
    let ran = stage.apply(&[]).says("APIGW.0103");
    assert_ne!(ran.code, 0, "{ran:?}");
    assert_eq!((stage.world.recorded(), stage.ours().len()), (recorded, 2));
    stage.proxy.tells_the_truth();
    stage.apply(&[]).exits(0);
    holds(&stage);
}

#[test]
fn what_was_not_as_asked_and_shows_anothers_tag_since_is_not_adopted() {
    let stage = Stage::new(&[], "  web: { size: 20 }");
    // Its tag lags, and it is another size.
    stage.proxy.lies(makes(|volume| {
        volume["size"] = json!(10);
        volume["tags"] = json!({});
    }));
    stage.apply(&[]).exits(3).says("not as asked");
    stage.proxy.tells_the_truth();
    let made = becomes_theirs(&stage);
    stage.volumes("  web: { size: 10, name: mine }");
    for _ in 0..2 {
        stage.apply(&[]).exits(4).says("the ownership tag of another call");
    }
    is_still_theirs(&stage, &made);
}

#[test]
fn a_good_volume_that_carries_anothers_tag_is_not_renamed() {
    let stage = Stage::new(&[], "  web: { size: 20 }");
    stage.apply(&[]).exits(0);
    let made = becomes_theirs(&stage);
    stage.apply(&[]).exits(4).says("it carries the ownership tag of another call");
    is_still_theirs(&stage, &made);
}

#[test]
fn a_call_that_was_refused_and_shows_a_volume_may_show_more() {
    let stage = Stage::new(&[], "  web: { count: 3, size: 20 }");
    // It is done, and refused all the same.
    stage.proxy.lies([Rule::answers(About::Create, |_, answer, _| {
        if answer.status == 200 {
            answer.status = 400;
            answer.body = json!({"error": {"code": "EVS.2024", "message": "The volume failed to be created."}});
        }
    })
    .times(1)]);
    stage.apply(&[]).exits(3).says("EVS.2024");
    stage.settled();
    assert_eq!(stage.ours().len(), 3);
    // One of them shows first.
    let late: Vec<String> = stage.ours().iter().skip(1).map(|volume| id(volume).to_owned()).collect();
    stage.proxy.lies(Others::new(&[]).list(move |_, list| {
        list.retain(|volume| !late.iter().any(|late| late == id(volume)));
    }));
    stage.apply(&[]).exits(7).says("may show more");
    stage.proxy.tells_the_truth();
    stage.apply(&[]).exits(0);
    assert_eq!(stage.ours().len(), 3);
    holds(&stage);
}

/// The job runs for ever.
fn runs_on() -> Rule {
    Rule::answers(About::Job, |_, answer, _| {
        answer.body["status"] = json!("RUNNING");
        answer.sub_jobs().into_iter().flatten().for_each(|sub_job| sub_job["status"] = json!("RUNNING"));
    })
}

#[test]
fn what_failed_long_before_its_job_ended_is_as_old_as_its_own_failure() {
    let stage = one_of_two();
    stage.proxy.lies([runs_on()]);
    stage.apply(&["--timeout", "1s"]).exits(7);
    // The job's other part goes on for three hours more.
    stage.world.cloud.is_ahead(3 * 60);
    stage.proxy.lies([Rule::answers(About::Job, |_, answer, _| {
        if let Ok(end) = answer.body["end_time"].as_str().unwrap_or_default().parse::<jiff::Timestamp>() {
            let later = end + jiff::SignedDuration::from_hours(3);
            answer.body["end_time"] = json!(later.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
        }
    })]);
    stage.apply(&[]).exits(3);
    stage.proxy.tells_the_truth();
    stage.apply(&[]).exits(4).says("--allow-destroy 1");
    assert_eq!((stage.deletions(), stage.ours().len()), (0, 2));
}

#[test]
fn what_an_earlier_run_made_and_nothing_dates_needs_its_number() {
    let stage = one_of_two();
    stage.proxy.lies([runs_on()]);
    let mut run = stage.world.command(&["apply", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the job is followed", || stage.proxy.lied() > 1);
    run.kill().unwrap();
    run.wait().unwrap();
    stage.world.cloud.is_ahead(3 * 60);
    std::fs::remove_file(stage.world.snapshot().with_extension("journal")).unwrap();
    let undated = Rule::answers(About::Reads, |_, answer, _| {
        answer.volumes().into_iter().for_each(|volume| volume["created_at"] = json!(""));
    });
    let unsaid = Rule::answers(About::Job, |_, answer, _| {
        answer.sub_jobs().into_iter().flatten().for_each(|sub_job| sub_job["end_time"] = json!(""));
    });
    stage.proxy.lies([undated, unsaid]);
    stage.apply(&[]).exits(3);
    stage.proxy.tells_the_truth();
    stage.apply(&[]).exits(4).says("--allow-destroy 1");
    assert_eq!((stage.deletions(), stage.ours().len()), (0, 2));
}

#[test]
fn what_a_call_made_that_was_given_up_is_its_own_however_late() {
    let stage = Stage::alone(&[], "  web: { count: 2, size: 20 }");
    stage.proxy.lies([runs_on()]);
    stage.apply(&["--timeout", "1s"]).exits(7);
    let state = std::fs::read_to_string(stage.world.snapshot()).unwrap();
    let open = state.split("\"calls\": {").nth(1).unwrap().split('"').nth(1).unwrap();
    stage.world.run(&["state", "rm", "--call", open]).exits(0).says("gave up create call");
    // As where an order was paid hours later, or the service's clock is ahead of the one that it was given up by.
    for volume in stage.ours() {
        let made = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2)).strftime("%Y-%m-%dT%H:%M:%S.%6f");
        stage.edit(id(&volume), json!({ "created_at": made.to_string() }));
    }
    let creates = stage.world.cloud.requests(CREATES);
    stage.apply(&[]).exits(0);
    assert_eq!((stage.ours().len(), stage.world.cloud.requests(CREATES)), (2, creates));
}
