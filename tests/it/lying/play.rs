//! When a lie is told: what was before it, the runs under it, and the one after it.

use super::lies::{Lie, Others};
use super::oracle::{self, names_a_way_out, unlike, violations};
use super::script::{About, Rule};
use super::stage::{CREATES, Stage};
use crate::support::Ran;
use serde_json::json;

/// What was before the lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Nothing.
    Fresh,
    /// A run that ended while its job was running.
    Resumed,
    /// A create call whose answer was lost, and which was done.
    InDoubt,
    /// A create call that never arrived.
    Lost,
    /// A job of which a part failed.
    AfterFailure,
    /// A volume that showed after its call was over, with its slot free.
    Adopting,
    /// A state that was lost.
    Rebuilding,
    /// Nothing; what is asked for is an order that pays itself.
    Prepaid,
}

pub(super) const ALL: [When; 8] = [
    When::Fresh,
    When::Resumed,
    When::InDoubt,
    When::Lost,
    When::AfterFailure,
    When::Adopting,
    When::Rebuilding,
    When::Prepaid,
];

/// How one scenario went.
pub(super) struct Played {
    /// The exit codes: before the lie, under it, and after it.
    pub(super) codes: Vec<i32>,
    /// How often it was lied to.
    pub(super) lied: u64,
    pub(super) wrong: Vec<String>,
    /// What each run from the lie on said.
    pub(super) told: Vec<String>,
    /// How many volumes there may be.
    most: usize,
}

/// The words of the runs under a lie, and of those after it.
const UNDER: [&str; 4] = ["--in-doubt", "wait", "--timeout", "2500ms"];
const AFTER: [&str; 4] = ["--in-doubt", "wait", "--timeout", "4s"];

impl When {
    /// How many volumes may be there at the most under this lie. Three things are documented: where a failed sub-job named
    /// no volume its slot is made anew; where neither a state nor a list knows a stack it is new; and a volume that shows
    /// in no list within `settle`, though others do, was never made. What shows after that all the same is told.
    fn most(self, lie: &Lie) -> usize {
        match self {
            When::Adopting => oracle::COUNT + 1,
            When::Rebuilding if lie.hides => 2 * oracle::COUNT,
            When::InDoubt if lie.late => 2 * oracle::COUNT,
            _ => oracle::COUNT,
        }
    }

    fn stage(self) -> Stage {
        // A token would settle every doubt: those scenarios have none.
        let flags: &[&str] = match self {
            When::InDoubt | When::Lost => &["--client-tokens", "off"],
            _ => &[],
        };
        let more = match self {
            When::Prepaid => ", prepaid: { period_type: month, period_num: 1, auto_pay: true }",
            _ => "",
        };
        let stage = Stage::new(flags, &format!("  web: {{ count: {}, size: {}{more} }}", oracle::COUNT, oracle::SIZE));
        stage.world.cloud_field("settle: 500ms");
        stage
    }

    /// What is done before the lie begins.
    fn prepare(self, stage: &Stage) -> Option<Ran> {
        match self {
            When::Fresh | When::Prepaid => None,
            When::Resumed => {
                stage.proxy.lies([Rule::answers(About::Job, |_, answer, _| {
                    answer.body["status"] = json!("RUNNING");
                    answer.body["entities"] = json!({});
                })]);
                let ran = stage.apply(&["--timeout", "200ms"]).exits(7);
                stage.settled();
                Some(ran)
            }
            When::InDoubt => {
                let others = Others::new(&stage.foreign);
                let mut rules = others.list(|_, list| list.clear());
                rules.push(Rule::answers(About::Create, |_, answer, _| answer.cut = answer.status == 200));
                stage.proxy.lies(rules);
                let ran = stage.apply(&["--in-doubt", "fail", "--timeout", "1s"]).exits(7);
                stage.settled();
                Some(ran)
            }
            When::Lost => {
                let mut lost = json!([{"method": "POST", "path": CREATES, "times": 1, "then": {"cut": "before"}}]);
                // The first is refused for its token.
                lost[0]["skip"] = json!(1);
                stage.world.cloud.faults(lost);
                Some(stage.apply(&["--in-doubt", "fail", "--timeout", "1s"]).exits(7))
            }
            When::AfterFailure => {
                let failure = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"});
                stage.create_fails(failure);
                Some(stage.apply(&[]).exits(3))
            }
            When::Adopting => {
                let failure = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none"});
                stage.create_fails(failure);
                let ran = stage.apply(&[]).exits(3);
                stage.late("web-0002");
                Some(ran)
            }
            When::Rebuilding => {
                let ran = stage.apply(&[]).exits(0);
                std::fs::remove_dir_all(stage.world.dir.path().join("state")).unwrap();
                Some(ran)
            }
        }
    }
}

/// Plays one scenario and looks at the truth after every run.
pub(super) fn play(lie: &Lie, when: When) -> Played {
    let stage = when.stage();
    let before = when.prepare(&stage);
    let mut played = Played {
        codes: before.iter().map(|ran| ran.code).collect(),
        lied: 0,
        wrong: Vec::new(),
        told: Vec::new(),
        most: when.most(lie),
    };
    stage.proxy.lies((lie.rules)(&Others::new(&stage.foreign)));
    if when == When::Rebuilding {
        let ran = stage.world.run(&["state", "rebuild"]);
        played.look(lie, &stage, "the rebuild", &ran);
    }
    for name in ["the first run", "the second run"] {
        let ran = stage.apply(&UNDER);
        played.look(lie, &stage, name, &ran);
        if ran.code == 0 {
            if lie.unfit && stage.proxy.lied() > 0 {
                played.wrong.push(format!("{name} says that it converged with what was not asked for"));
            }
            let wrong = unlike(&stage, played.most).into_iter();
            played.wrong.extend(wrong.map(|why| format!("{name} says that it converged: {why}")));
        }
    }
    played.lied = stage.proxy.lied();
    stage.proxy.tells_the_truth();
    stage.settled();
    played.end(lie, &stage);
    played
}

impl Played {
    /// One run after the lie, and what it names as the way out, where that can be done here.
    fn end(&mut self, lie: &Lie, stage: &Stage) {
        let mut ran = stage.apply(&AFTER);
        self.look(lie, stage, "the run after", &ran);
        let said = |ran: &Ran| format!("{}\n{}", ran.stdout, ran.stderr);
        if ran.code != 0
            && let Some(more) = way_on(&said(&ran))
        {
            let more: Vec<&str> = AFTER.into_iter().chain(more.iter().map(String::as_str)).collect();
            ran = stage.apply(&more);
            self.look(lie, stage, "the run that it asks for", &ran);
        }
        let (words, surplus) = (said(&ran), stage.ours().len() > oracle::COUNT);
        if surplus && !words.contains("surplus") && !words.contains("two states") {
            self.wrong.push(format!("the last run says nothing of a volume too many:\n{words}"));
        }
        if ran.code == 0 {
            let wrong = unlike(stage, oracle::COUNT).into_iter();
            self.wrong.extend(wrong.map(|why| format!("the last run says that it converged: {why}")));
        } else if !names_a_way_out(&words) {
            self.wrong.push(format!("the last run names no way out:\n{words}"));
        }
    }
}

/// What to add to the same command, where a run says that it, or its consent by number, is all that it takes.
fn way_on(said: &str) -> Option<Vec<String>> {
    let consent = ["--allow-destroy", "--allow-recreate"].into_iter().find_map(|flag| {
        let number: String = said.split_once(flag)?.1.trim_start().chars().take_while(char::is_ascii_digit).collect();
        Some(vec![flag.to_owned(), number]).filter(|it| !it[1].is_empty())
    });
    consent.or_else(|| said.contains("run the same command again").then(Vec::new))
}

impl Played {
    fn look(&mut self, lie: &Lie, stage: &Stage, name: &str, ran: &Ran) {
        self.codes.push(ran.code);
        self.told.push(format!("{name} exits {}\n{}{}", ran.code, ran.stdout, ran.stderr));
        if !matches!(ran.code, 0 | 1 | 3 | 4 | 7) {
            self.wrong.push(format!("{name} exits {}", ran.code));
        }
        let wrong = violations(stage, self.most).into_iter().map(|why| format!("after {name}: {why}"));
        self.wrong.extend(wrong);
        // Never seen in use, and in error as often as anybody looked: that is what the lie was.
        if !lie.breaks {
            let good = stage.proxy.memory(|memory| {
                let good = memory.deleted.iter().filter(|volume| volume["status"] != "error");
                good.map(|volume| volume["id"].to_string()).collect::<Vec<_>>()
            });
            self.wrong.extend(good.into_iter().map(|id| format!("{name} deletes {id}, which is well")));
        }
        if self.wrong.len() > 8 {
            self.wrong.truncate(8);
        }
    }
}
