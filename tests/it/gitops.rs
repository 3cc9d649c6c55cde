//! The templates of `examples/gitops`: their scripts run as they are, with a local repository, a forge, and a cloud that asks
//! who is there. Both forges go through the same.

mod forge;
mod repository;

use crate::auth::asking;
use crate::support::{CREATE, DELETE, Ran, World, until};
use forge::Kind;
use repository::{HEAD, Job, Repository};
use serde_json::Value;
use std::process::{Child, Command};

const KINDS: [Kind; 2] = [Kind::GitHub, Kind::GitLab];

/// What the scripts need beside evsctl. The gate installs it, and says so by `EVSCTL_GITOPS`.
#[expect(clippy::disallowed_methods, reason = "the gate says what it has installed")]
#[expect(clippy::print_stdout, reason = "a proof that is not made says so")]
fn has_tools() -> bool {
    let is_there = |tool: &&str| Command::new(tool).arg("--help").output().is_ok();
    let missing: Vec<&str> =
        ["bash", "git", "jq", "curl", "unzip"].into_iter().filter(|tool| !is_there(tool)).collect();
    assert!(missing.is_empty() || std::env::var_os("EVSCTL_GITOPS").is_none(), "{missing:?} are missing");
    if !missing.is_empty() {
        println!("skipped: {missing:?} are missing, so nothing is proved about the templates");
    }
    missing.is_empty()
}

/// A repository of each kind, with a cloud of its own.
fn each(flags: &[&str], mut of: impl FnMut(&World, &Repository)) {
    if !has_tools() {
        return;
    }
    for kind in KINDS {
        let world = asking(flags, "  unused: { size: 10 }");
        let repository = Repository::new(kind, &world.cloud.endpoint);
        of(&world, &repository);
    }
}

fn web(count: u32) -> String {
    format!("volumes:\n  web: {{ count: {count}, size: 10 }}\n")
}

const DB: &str = "volumes:\n  db: { size: 20 }\n";

/// Whatever rules for files a pull request brings, what is recorded is read as it was written.
#[test]
fn no_attribute_of_a_file_changes_what_is_recorded() {
    each(&[], |_, repository| {
        with_web(repository);
        let attributes = (".gitattributes", Some("*.json text eol=crlf\n*.applied text eol=crlf\n"));
        repository.merges_reviewed(&[attributes, ("stack/db.yaml", Some(DB))], "other line ends");
        repository.applies(&[]).exits(0);
        assert_eq!(repository.recorded(), ["db[1]", "web[1]", "web[2]"]);
        repository.asks(&["plan", "stack", "--detailed-exitcode"]).exits(0);
    });
}

/// The digest that a plan job left.
fn changes(ran: &Ran, repository: &Repository, number: u64) -> String {
    assert_eq!(ran.code, 0, "{ran:?}");
    let own = repository.forge.comments(number).into_iter().find(|comment| comment.own).unwrap();
    let digest =
        own.body.split(|c: char| !c.is_ascii_alphanumeric() && c != ':').find(|word| word.starts_with("sha256:"));
    digest.unwrap().to_owned()
}

/// One merged and applied, which is where most stories begin.
fn with_web(repository: &Repository) {
    repository.merges_reviewed(&[("stack/web.yaml", Some(&web(2)))], "two for the web");
    repository.applies(&[]).exits(0);
    assert_eq!(repository.recorded(), ["web[1]", "web[2]"]);
}

#[test]
fn two_pull_requests_that_race() {
    each(&[], |world, repository| {
        // The first push brings no pull request, and asks for nothing.
        repository.applies(&[]).exits(0);
        let first = repository.proposes(&[("stack/web.yaml", Some(&web(2)))], "two for the web");
        let second = repository.proposes(&[("stack/db.yaml", Some(DB))], "one for the database");
        repository.plans(&first).exits(0);
        repository.forge.skips(&first);
        let alone = changes(&repository.plans(&second), repository, second.number);
        repository.merges(&first);
        // Planned between the merge and the apply: the plan has both, and says that it will be out of date.
        let both = changes(&repository.plans(&second), repository, second.number);
        assert_ne!(alone, both);
        let comments = repository.forge.comments(second.number);
        assert_eq!(comments.len(), 1);
        assert!(comments[0].body.contains("changes that are not applied yet"), "{}", comments[0].body);
        assert!(comments[0].body.contains("web"), "{}", comments[0].body);
        repository.applies(&[]).exits(0);
        // Planned against what the first left.
        let after = changes(&repository.plans(&second), repository, second.number);
        assert_eq!(after, alone, "what was reviewed is the same as before");
        let comments = repository.forge.comments(second.number);
        assert_eq!(comments.len(), 1);
        assert!(
            !comments[0].body.contains("web") && !comments[0].body.contains("not applied yet"),
            "{}",
            comments[0].body
        );
        // What people write changes nothing, not even in the name of the templates.
        let lie = format!("<!-- evsctl: plan -->\nchanges `{both}`");
        repository.forge.edits(second.number, &lie);
        repository.forge.says(second.number, &lie);
        repository.merges(&second);
        let before = world.cloud.requests(CREATE);
        repository.applies(&[]).exits(0);
        assert_eq!(world.cloud.requests(CREATE), before + 1);
        assert_eq!(repository.recorded(), ["db[1]", "web[1]", "web[2]"]);
        repository.asks(&["plan", "stack", "--detailed-exitcode"]).exits(0);
        // Whatever job comes next has nothing to do, and says so.
        repository.applies(&[]).exits(0).says("everything that was merged into main is applied");
        assert_eq!(world.cloud.stats()["volumes"], 3);
        // A later plan job writes its own comment anew and leaves that of somebody else.
        repository.plans(&second).exits(0);
        let comments = repository.forge.comments(second.number);
        assert_eq!(comments.len(), 2);
        assert!(comments[0].own && comments[0].body != lie && comments[1].body == lie);
    });
}

#[test]
fn two_that_are_merged_before_either_is_applied_are_applied_in_order() {
    each(&[], |world, repository| {
        let first = repository.proposes(&[("stack/web.yaml", Some(&web(2)))], "two for the web");
        let second = repository.proposes(&[("stack/db.yaml", Some(DB))], "one for the database");
        with_cache(repository);
        for pull in [&first, &second] {
            repository.plans(pull).exits(0);
        }
        for pull in [&first, &second] {
            repository.merges(pull);
        }
        // The forge ran only the last of the two jobs.
        repository.applies(&[]).exits(0);
        assert_eq!(repository.recorded(), ["cache[1]", "db[1]", "web[1]", "web[2]"]);
        assert_eq!(world.cloud.stats()["volumes"], 4);
        repository.asks(&["plan", "stack", "--detailed-exitcode"]).exits(0);
    });
}

fn with_cache(repository: &Repository) {
    let cache = "volumes:\n  cache: { size: 10 }\n";
    repository.merges_reviewed(&[("stack/cache.yaml", Some(cache))], "a cache");
    repository.applies(&[]).exits(0);
}

#[test]
fn what_nobody_reviewed_is_refused() {
    each(&[], |world, repository| {
        with_web(repository);
        let writes = || world.cloud.requests(CREATE) + world.cloud.requests(DELETE);
        let before = writes();
        // A plan that is out of date by the time it is merged.
        let stale = repository.proposes(&[("stack/web.yaml", Some(&web(3)))], "a third");
        repository.plans(&stale).exits(0);
        let other = repository.proposes(&[("stack/cache.yaml", Some("volumes:\n  cache: { size: 10 }\n"))], "a cache");
        repository.merges(&other);
        // Merged without any plan job.
        repository.applies(&[]).exits(4).says("there is no reviewed plan for it");
        repository.merges(&stale);
        repository.applies(&[]).exits(4).says("and not the approved sha256:");
        assert_eq!(writes(), before, "nothing was sent");
        // A person approves what `plan` prints, and no other digest.
        let plan = repository.asks(&["plan", "stack", "--format", "json"]).exits(0).json();
        let digest = plan["changes"].as_str().unwrap();
        let wrong = format!("sha256:{}", "0".repeat(64));
        repository.applies(&[("APPROVE", &wrong)]).exits(4);
        assert_eq!(writes(), before, "nothing was sent");
        repository.applies(&[("APPROVE", digest)]).exits(0);
        assert_eq!(repository.recorded(), ["cache[1]", "web[1]", "web[2]", "web[3]"]);
        repository.applies(&[]).exits(0).says("everything that was merged into main is applied");
    });
}

#[test]
fn the_plan_of_another_commit_or_of_a_job_that_failed_is_none() {
    each(&[], |world, repository| {
        with_web(repository);
        let before = world.cloud.requests(CREATE);
        let pull = repository.proposes(&[("stack/db.yaml", Some(DB))], "one for the database");
        repository.plans(&pull).exits(0);
        // The newest job left the plan of another commit.
        let other = repository.proposes(&[("stack/web.yaml", Some(&web(3)))], "a third");
        repository.plans(&other).exits(0);
        repository.forge.keeps_that_of(&other, &pull);
        repository.merges(&pull);
        repository.applies(&[]).exits(4).says("the plan is not of");
        assert_eq!(world.cloud.requests(CREATE), before, "nothing was sent");
        // The newest job failed: what an older one said is out of date.
        repository.forge.keeps(&pull, false, std::path::Path::new("/nowhere"));
        repository.applies(&[]).exits(4).says("the newest plan job of");
        // Run again after the merge, it shows a plan that nobody can have reviewed before.
        repository.plans(&pull).exits(0);
        repository.applies(&[]).exits(4).says("was made after the merge");
        assert_eq!(world.cloud.requests(CREATE), before, "nothing was sent");
        let plan = repository.asks(&["plan", "stack", "--format", "json"]).exits(0).json();
        repository.applies(&[("APPROVE", plan["changes"].as_str().unwrap())]).exits(0);
        assert_eq!(repository.recorded(), ["db[1]", "web[1]", "web[2]"]);
    });
}

#[test]
fn destroying_needs_a_number_that_a_person_gave() {
    each(&[], |world, repository| {
        with_web(repository);
        let gone = [("stack/web.yaml", None)];
        let pull = repository.proposes(&gone, "no web");
        repository.plans(&pull).exits(0);
        // Whoever merges writes that message, and nobody reviews it.
        repository.merges_as(&pull, "merge it\n\nAllow-Destroy: 2");
        repository.applies(&[]).exits(4).says("--allow-destroy 2");
        assert_eq!(world.cloud.requests(DELETE), 0, "nothing was sent");
        repository.applies(&[("ALLOW_DESTROY", "1")]).exits(4);
        assert_eq!(world.cloud.requests(DELETE), 0);
        repository.applies(&[("ALLOW_DESTROY", "2")]).exits(0);
        assert_eq!(repository.recorded(), Vec::<String>::new());
        // Or in the commit that is reviewed. A number in the pull request's text is none.
        repository.merges_reviewed(&[("stack/web.yaml", Some(&web(3)))], "three");
        repository.applies(&[]).exits(0);
        let pull = repository.proposes(&[("stack/web.yaml", Some(&web(1)))], "fewer\n\nAllow-Destroy: 2");
        repository.plans(&pull).exits(0);
        repository.forge.says(pull.number, "Allow-Destroy: 3");
        repository.merges(&pull);
        repository.applies(&[]).exits(0);
        assert_eq!(repository.recorded(), ["web[1]"]);
        assert_eq!(world.cloud.stats()["volumes"], 1);
        // A number that is none is told before the merge, and holds nothing up after it.
        let pull = repository.proposes(&gone, "none\n\nAllow-Destroy: all");
        let says = "has no one number as its trailer Allow-Destroy: all";
        repository.plans(&pull).exits(4).says(says);
        repository.merges(&pull);
        repository.applies(&[]).exits(4);
        assert_eq!(repository.recorded(), ["web[1]"]);
        repository.merges_reviewed(&[("stack/web.yaml", Some(&web(1)))], "it stays");
        repository.applies(&[]).exits(0);
    });
}

/// An apply of 130 volumes whose first creation has been sent.
fn in_the_middle(world: &World, repository: &Repository) -> (Job, Child) {
    repository.merges_reviewed(&[("stack/web.yaml", Some(&web(130)))], "many");
    let before = world.cloud.requests(CREATE);
    let job = repository.job();
    let child = job.begins(&["ci/apply.sh", "main"]);
    until("the first creation is sent", || world.cloud.requests(CREATE) > before);
    (job, child)
}

#[test]
fn a_job_that_is_killed_is_finished_by_the_next_one() {
    each(&["--latency", "30ms"], |world, repository| {
        let (job, mut child) = in_the_middle(world, repository);
        // The runner is gone, with all that was on it and not pushed.
        let group = format!("-{}", child.id());
        assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
        child.wait().unwrap();
        drop(job);
        repository.applies(&[]).exits(0);
        assert_eq!(world.cloud.stats()["volumes"], 130, "none is lost and none is there twice");
        assert_eq!(repository.recorded().len(), 130);
        repository.asks(&["plan", "stack", "--detailed-exitcode"]).exits(0);
    });
}

#[test]
fn a_job_that_is_cancelled_pushes_what_it_recorded() {
    each(&["--latency", "100ms"], |world, repository| {
        with_web(repository);
        let (_job, mut child) = in_the_middle(world, repository);
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        let ended = child.wait().unwrap();
        assert_eq!(ended.code(), Some(143), "{ended:?}");
        let clone = repository.clone();
        let log = repository::git(&clone.path().join("work"), &["log", "-1", "--format=%s %b", "--name-only"]);
        assert!(log.starts_with("volumes: record the apply of") && log.contains("state/shop.json"), "{log}");
        repository.applies(&[]).exits(0);
        assert_eq!((&world.cloud.stats()["volumes"], repository.recorded().len()), (&Value::from(130), 130));
    });
}

#[test]
fn what_a_later_commit_took_back_is_never_bought() {
    each(&[], |world, repository| {
        with_web(repository);
        let before = world.cloud.requests(CREATE);
        // Both wait. The plan of the second has nothing to do.
        repository.merges_reviewed(&[("stack/web.yaml", Some(&web(5)))], "five");
        repository.merges_reviewed(&[("stack/web.yaml", Some(&web(2)))], "two again");
        repository.applies(&[]).exits(0);
        assert_eq!((world.cloud.requests(CREATE), repository.recorded().len()), (before, 2));
        // The plan of the second is out of date: then neither is applied by itself.
        let more = repository.proposes(&[("stack/web.yaml", Some(&web(5)))], "five");
        let most = repository.proposes(&[("stack/web.yaml", Some(&web(6))), ("stack/db.yaml", Some(DB))], "six");
        repository.plans(&more).exits(0);
        repository.forge.keeps_that_of(&more, &most);
        repository.merges(&more);
        repository.merges_over(&most);
        repository.applies(&[]).exits(4).says("a later commit changed what it asks for");
        assert_eq!(world.cloud.requests(CREATE), before);
        // By hand it is the newest alone.
        let plan = repository.asks(&["plan", "stack", "--format", "json"]).exits(0).json();
        repository.applies(&[("APPROVE", plan["changes"].as_str().unwrap())]).exits(0);
        assert_eq!((world.cloud.stats()["volumes"].clone(), repository.recorded().len()), (Value::from(7), 7));
    });
}

/// Neither a plan that somebody put in its place nor what a later commit takes back elsewhere brings a number along.
#[test]
fn no_plan_brings_a_number_and_what_is_wanted_again_is_not_destroyed() {
    each(&[], |world, repository| {
        with_web(repository);
        let pull = repository.proposes(&[("stack/web.yaml", None)], "no web");
        repository.plans(&pull).exits(0);
        repository.forge.keeps_edited(&pull, |plan| {
            plan["changes"] = format!("{} 2 -", plan["changes"].as_str().unwrap()).into();
        });
        repository.merges(&pull);
        repository.applies(&[]).exits(4).says("left no plan that reads");
        assert_eq!((world.cloud.requests(DELETE), repository.recorded().len()), (0, 2));
        // It is wanted again, in another file; and nobody reviewed a plan of what came last.
        let gone = repository.proposes(&[("stack/other.yaml", Some("volumes: {}\n"))], "nothing");
        repository.merges(&gone);
        let back = repository.proposes(&[("stack/front.yaml", Some(&web(2))), ("stack/db.yaml", Some(DB))], "again");
        repository.merges(&back);
        repository.applies(&[("ALLOW_DESTROY", "2")]).exits(4);
        assert_eq!((world.cloud.requests(DELETE), repository.recorded().len()), (0, 2));
    });
}

#[test]
fn a_reviewed_deletion_is_not_made_where_a_later_commit_wants_the_volumes_again() {
    each(&[], |world, repository| {
        with_web(repository);
        repository.merges_reviewed(&[("stack/web.yaml", None)], "no web\n\nAllow-Destroy: 2");
        let back = repository.proposes(&[("stack/front.yaml", Some(&web(2))), ("stack/db.yaml", Some(DB))], "again");
        repository.merges(&back);
        repository.applies(&[]).exits(4).says("a later commit changed what it asks for");
        assert_eq!((world.cloud.requests(DELETE), repository.recorded().len()), (0, 2));
    });
}

#[test]
fn a_commit_that_two_pull_requests_claim_is_nobodys() {
    each(&[], |world, repository| {
        with_web(repository);
        let sly = repository.proposes(&[("stack/web.yaml", None)], "no web\n\nAllow-Destroy: 2");
        let pull = repository.proposes(&[("stack/web.yaml", None)], "no web");
        for one in [&sly, &pull] {
            repository.plans(one).exits(0);
        }
        repository.merges(&pull);
        let clone = repository.clone();
        let merged = repository::git(&clone.path().join("work"), &["rev-parse", "HEAD"]);
        repository.forge.merged(sly.number, &merged);
        repository.applies(&[]).exits(4).says("there is no reviewed plan for it");
        assert_eq!((world.cloud.requests(DELETE), repository.recorded().len()), (0, 2));
    });
}

#[test]
fn a_pull_request_may_not_edit_what_is_recorded_and_a_wrong_manifest_is_told_in_the_comment() {
    each(&[], |_, repository| {
        with_web(repository);
        let pull = repository.proposes(&[("state/shop.json", Some("{}\n"))], "I know better");
        repository.plans(&pull).exits(4).says("edits the recorded state (state)");
        let elsewhere = HEAD.replace("../state", "../other");
        let pull = repository.proposes(&[("stack/00-stack.yaml", Some(&repository.filled(&elsewhere)))], "elsewhere");
        repository.plans(&pull).exits(4).says("moves the recorded state from state to other");
        let pull = repository.proposes_links(&[("x", "state"), ("ci/link", "..")], "a link, unused");
        repository.plans(&pull).exits(0);
        let pull = repository.proposes_links(&[("state/sub", "..")], "a link in it");
        repository.plans(&pull).exits(4).says("edits the recorded state (state)");
        let pull = repository.proposes_links(&[("stack", "other")], "the stack is a link");
        repository.plans(&pull).exits(4).says("lies behind a symbolic link");
        let pull = repository.proposes(&[("stack/web.yaml", Some("volumes:\n  web: { size: 9 }\n"))], "too small");
        repository.plans(&pull).exits(1);
        let comments = repository.forge.comments(pull.number);
        assert!(comments[0].body.contains("stack/web.yaml:2:16"), "{}", comments[0].body);
    });
}

/// The jobs of `.gitlab-ci.yml` themselves, by a runner of other people's.
#[test]
fn the_jobs_of_gitlab_run_as_they_are_written() {
    let Some(runner) = gitlab_runner() else { return };
    let world = asking(&[], "  unused: { size: 10 }");
    let repository = Repository::new(Kind::GitLab, &world.cloud.endpoint);
    let pipeline = |pull: Option<&forge::Pull>| {
        let mut job = repository.job();
        let mut words = vec![runner.as_str(), "--force-shell-executor", "--no-color"];
        let mut variables = job.taken();
        variables.extend(["CI_DEFAULT_BRANCH=main".to_owned(), format!("APPLY_TOKEN={}", forge::TOKEN)]);
        if let Some(pull) = pull {
            let work = job.work();
            repository::git(&work, &["fetch", "--quiet", "origin", &Kind::GitLab.head_ref(pull)]);
            repository::git(&work, &["checkout", "--quiet", "-B", "change", &pull.head]);
            variables.push("CI_PIPELINE_SOURCE=merge_request_event".to_owned());
            variables.push(format!("CI_MERGE_REQUEST_IID={}", pull.number));
            variables.push("CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main".to_owned());
            variables.push(format!("COMMENT_TOKEN={}", forge::TOKEN));
        }
        for variable in &variables {
            words.extend(["--variable", variable]);
        }
        let ran = job.runs(&words);
        if let Some(pull) = pull {
            repository.forge.keeps(pull, ran.code == 0, &job.work().join("evsctl-out"));
        }
        ran
    };
    let first = repository.proposes(&[("stack/web.yaml", Some(&web(2)))], "two for the web");
    let second = repository.proposes(&[("stack/db.yaml", Some(DB))], "one for the database");
    for pull in [&first, &second] {
        pipeline(Some(pull)).exits(0).says("plan");
        assert_eq!(repository.forge.comments(pull.number).len(), 1);
    }
    repository.merges(&first);
    pipeline(None).exits(0).says("2 created");
    repository.merges(&second);
    pipeline(None).exits(0).says("1 created");
    assert_eq!(repository.recorded(), ["db[1]", "web[1]", "web[2]"]);
    let third = repository.proposes(&[("stack/web.yaml", None)], "no web");
    pipeline(Some(&third)).exits(0);
    repository.merges(&third);
    let refused = pipeline(None).says("--allow-destroy 2");
    assert_ne!(refused.code, 0);
    assert_eq!(world.cloud.requests(DELETE), 0);
    // The scripts that judge it are those of the branch, whatever a merge request does to its own.
    let script = ("ci/plan.sh", Some("#!/bin/sh\nexit 0\n"));
    let sly = repository.proposes(&[script, ("stack/cache.yaml", Some("volumes:\n  cache: { size: 30 }\n"))], "sly");
    pipeline(Some(&sly)).exits(0);
    assert!(repository.forge.comments(sly.number)[0].body.contains("cache"));
    repository.asks(&["plan", "stack", "--detailed-exitcode"]).exits(2);
}

/// Where the gate has put it.
#[expect(clippy::disallowed_methods, reason = "the gate says what it has installed")]
fn gitlab_runner() -> Option<String> {
    let at = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gitlab/node_modules/.bin/gitlab-ci-local");
    assert!(at.exists() || std::env::var_os("EVSCTL_GITLAB").is_none(), "{} is missing", at.display());
    (at.exists() && has_tools()).then(|| at.display().to_string())
}
