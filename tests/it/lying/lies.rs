//! The lies: what each is about, and how it changes what is asked and answered.

use super::script::{About, Answer, Rule};
use super::stage::id;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One way of lying.
#[derive(Clone, Copy)]
pub(super) struct Lie {
    /// What it lies about.
    pub(super) about: &'static str,
    pub(super) name: &'static str,
    /// Whether it shows volumes that are not what was asked for: then nothing has converged.
    pub(super) unfit: bool,
    /// Whether it shows volumes in error that are well, to everybody who looks: those may be cleaned away.
    pub(super) breaks: bool,
    /// Whether no list shows a volume as this stack's.
    pub(super) hides: bool,
    /// Whether it shows others' all the same, and hides these for longer than `settle` says that any may stay unseen.
    pub(super) late: bool,
    pub(super) rules: fn(&Others) -> Vec<Rule>,
}

/// Other people's volumes.
#[derive(Clone)]
pub(super) struct Others {
    pub(super) volumes: Arc<Vec<Value>>,
    ids: Arc<BTreeSet<String>>,
}

impl Others {
    pub(super) fn new(volumes: &[Value]) -> Others {
        let ids = volumes.iter().map(|volume| id(volume).to_owned()).collect();
        Others { volumes: Arc::new(volumes.to_vec()), ids: Arc::new(ids) }
    }

    fn has(&self, volume: &Value) -> bool {
        self.ids.contains(id(volume))
    }

    fn nth(&self, n: usize) -> &Value {
        &self.volumes[n % self.volumes.len()]
    }

    /// A rule that changes every volume of this stack that an answer shows.
    pub(super) fn show(&self, change: fn(&mut Value)) -> Vec<Rule> {
        let others = self.clone();
        vec![Rule::answers(About::Reads, move |_, answer, _| {
            for volume in answer.volumes().into_iter().filter(|volume| !others.has(volume)) {
                change(volume);
            }
        })]
    }

    /// A rule that changes the list.
    pub(super) fn list(&self, change: impl Fn(&Others, &mut Vec<Value>) + Send + Sync + 'static) -> Vec<Rule> {
        let others = self.clone();
        vec![Rule::answers(About::List, move |_, answer, _| {
            let Some(list) = answer.list() else { return };
            change(&others, list);
            let count = list.len();
            answer.body["count"] = json!(count);
        })]
    }
}

/// Changes the sub-jobs of a job that is over.
fn sub_jobs(change: impl Fn(usize, &mut Value) + Send + Sync + 'static) -> Vec<Rule> {
    vec![Rule::answers(About::Job, move |_, answer, _| {
        if answer.body["status"] != "SUCCESS" && answer.body["status"] != "FAIL" {
            return;
        }
        for (n, sub_job) in answer.sub_jobs().into_iter().flatten().enumerate() {
            change(n, sub_job);
        }
    })]
}

/// The same where they have failed, and the parent too.
fn failed(answer: &mut Answer) {
    let fail = |job: &mut Value| {
        job["status"] = json!("FAIL");
        job["error_code"] = json!("EVS.2024");
        job["fail_reason"] = json!("EbsCreateVolumeTask-fail:volume is error!");
    };
    if answer.body["status"] == "SUCCESS" {
        fail(&mut answer.body);
        answer.sub_jobs().into_iter().flatten().for_each(fail);
    }
}

fn header(name: &'static str, value: impl Fn(i64) -> Option<i64> + Send + Sync + 'static) -> Vec<Rule> {
    vec![Rule::answers(About::Any, move |_, answer, _| {
        answer.headers.remove(name);
        if let Some(at) = value(jiff::Timestamp::now().as_second()) {
            answer.headers.insert(name, dated(at).parse().unwrap());
        }
    })]
}

/// The rules of a service whose clock is wrong by so many seconds.
pub(super) fn clock_off(seconds: i64) -> Vec<Rule> {
    header("date", move |now| Some(now + seconds))
}

fn dated(second: i64) -> String {
    let at = jiff::Timestamp::from_second(second).unwrap();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap()
}

/// The rules of a service that shows this many volumes in a page, whatever it is asked for.
pub(super) fn pages_of(size: usize) -> Vec<Rule> {
    vec![Rule::answers(About::List, move |_, answer, _| {
        if let Some(list) = answer.list() {
            list.truncate(size);
        }
    })]
}

/// The rules of a service that makes something else than it is asked for.
pub(super) fn makes(change: fn(&mut Value)) -> Vec<Rule> {
    vec![Rule::asks(About::Create, move |ask| {
        // What only asks whether tokens are known has no volume.
        if ask.body["volume"].is_object() {
            change(&mut ask.body["volume"]);
        }
    })]
}

fn not_found(answer: &mut Answer, status: u16, code: &str) {
    answer.status = status;
    answer.body = json!({"error": {"code": code, "message": "could not be found."}});
}

const fn lie(about: &'static str, name: &'static str, rules: fn(&Others) -> Vec<Rule>) -> Lie {
    Lie { about, name, unfit: false, breaks: false, hides: false, late: false, rules }
}

const fn unfit(about: &'static str, name: &'static str, rules: fn(&Others) -> Vec<Rule>) -> Lie {
    Lie { unfit: true, ..lie(about, name, rules) }
}

const fn hides(about: &'static str, name: &'static str, rules: fn(&Others) -> Vec<Rule>) -> Lie {
    Lie { hides: true, ..lie(about, name, rules) }
}

fn invented(of: &str) -> String {
    format!("ffffffff{}", of.get(8..).unwrap_or_default())
}

pub(super) static LIES: &[Lie] = &[
    lie("job", "failed, and the volumes are there", |_| vec![Rule::answers(About::Job, |_, answer, _| failed(answer))]),
    lie("job", "never heard of", |_| {
        vec![Rule::answers(About::Job, |_, answer, _| not_found(answer, 400, "Common.0011"))]
    }),
    lie("job", "runs for ever", |_| {
        vec![Rule::answers(About::Job, |_, answer, _| {
            answer.body["status"] = json!("RUNNING");
            answer.body["entities"] = json!({});
        })]
    }),
    lie("job", "over at once, with nothing in it", |_| {
        vec![Rule::answers(About::Job, |_, answer, _| {
            answer.body["status"] = json!("SUCCESS");
            answer.body["entities"] = json!({});
        })]
    }),
    lie("sub-jobs", "name others' volumes", |others| {
        let others = others.clone();
        sub_jobs(move |n, sub_job| sub_job["entities"]["volume_id"] = others.nth(n)["id"].clone())
    }),
    lie("sub-jobs", "failed and name others' volumes", |others| {
        let others = others.clone();
        let mut rules = sub_jobs(move |n, sub_job| sub_job["entities"]["volume_id"] = others.nth(n)["id"].clone());
        rules.push(Rule::answers(About::Job, |_, answer, _| failed(answer)));
        rules
    }),
    lie("sub-jobs", "all of one id", |_| {
        vec![Rule::answers(About::Job, |_, answer, _| {
            let mut sub_jobs = answer.sub_jobs().into_iter().flatten();
            let Some(first) = sub_jobs.next().map(|first| first["entities"].clone()) else { return };
            sub_jobs.for_each(|sub_job| sub_job["entities"] = first.clone());
        })]
    }),
    lie("sub-jobs", "without ids", |_| sub_jobs(|_, sub_job| sub_job["entities"] = json!({}))),
    lie("sub-jobs", "one is left out", |_| {
        vec![Rule::answers(About::Job, |_, answer, _| drop(answer.sub_jobs().and_then(Vec::pop)))]
    }),
    lie("sub-jobs", "name what is not there", |_| {
        sub_jobs(|_, sub_job| {
            let id = sub_job["entities"]["volume_id"].as_str().unwrap_or_default();
            sub_job["entities"]["volume_id"] = json!(invented(id));
        })
    }),
    lie("show", "404 for this stack's", |others| {
        let hidden = others.clone();
        let mut rules = vec![Rule::answers(About::Show, move |_, answer, _| {
            if answer.volumes().iter().any(|volume| !hidden.has(volume)) {
                not_found(answer, 404, "EVS.5404");
            }
        })];
        rules.extend(empty_ids());
        rules
    }),
    lie("show", "another volume than was asked for", |others| {
        let others = others.clone();
        let mut rules = vec![Rule::answers(About::Show, move |_, answer, _| {
            for volume in answer.volumes().into_iter().filter(|volume| !others.has(volume)) {
                *volume = others.nth(0).clone();
            }
        })];
        rules.extend(empty_ids());
        rules
    }),
    Lie {
        breaks: true,
        ..lie("show", "in error for ever", |others| others.show(|volume| volume["status"] = json!("error")))
    },
    lie("show", "in the making for ever", |others| others.show(|volume| volume["status"] = json!("creating"))),
    hides("list", "empty", |others| others.list(|_, list| list.clear())),
    Lie {
        late: true,
        ..hides("list", "without this stack's", |others| others.list(|others, list| list.retain(|it| others.has(it))))
    },
    lie("list", "this stack's twice, once under an invented id", |others| {
        others.list(|others, list| {
            let mut ghosts: Vec<Value> = list.iter().filter(|it| !others.has(it)).cloned().collect();
            for ghost in &mut ghosts {
                ghost["id"] = json!(invented(id(ghost)));
            }
            list.extend(ghosts);
        })
    }),
    lie("list", "by turns with and without this stack's", |others| {
        let (turn, others) = (Arc::new(AtomicBool::new(false)), others.clone());
        others.clone().list(move |_, list| {
            if turn.fetch_not(Ordering::Relaxed) {
                list.retain(|it| others.has(it));
            }
        })
    }),
    lie("pages", "of two, whatever is asked for", |_| pages_of(2)),
    lie("pages", "always the first", |_| vec![Rule::asks(About::List, |ask| ask.query = "limit=1000".to_owned())]),
    lie("count", "five more than are shown", |_| {
        vec![Rule::answers(About::List, |_, answer, _| {
            answer.body["count"] = json!(answer.body["count"].as_u64().unwrap_or_default() + 5);
        })]
    }),
    lie("count", "none", |_| vec![Rule::answers(About::List, |_, answer, _| answer.body["count"] = json!(0))]),
    hides("tags", "never shown", |_| {
        vec![Rule::answers(About::Reads, |_, answer, _| {
            answer.volumes().into_iter().for_each(|volume| volume["tags"] = json!({}));
        })]
    }),
    Lie {
        late: true,
        ..hides("tags", "this stack's alone are not shown", |others| others.show(|volume| volume["tags"] = json!({})))
    },
    lie("tags", "this stack's on others' volumes", |_| {
        vec![Rule::answers(About::Reads, |_, answer, memory| {
            let tags = memory.tags();
            if tags.is_object() {
                answer.volumes().into_iter().for_each(|volume| volume["tags"] = tags.clone());
            }
        })]
    }),
    Lie {
        late: true,
        ..hides("tags", "another stack's on this one's", |others| {
            others.show(|volume| volume["tags"] = json!({"evsctl": "other_abcdefgh_abcdefghij"}))
        })
    },
    lie("dates", "20 minutes ahead", |_| clock_off(1200)),
    lie("dates", "20 minutes behind", |_| clock_off(-1200)),
    lie("dates", "by turns ahead and behind", |_| {
        let turn = AtomicBool::new(false);
        header("date", move |now| Some(if turn.fetch_not(Ordering::Relaxed) { now + 1200 } else { now - 1200 }))
    }),
    lie("dates", "none", |_| header("date", |_| None)),
    lie("ids", "others' ids in the list", |others| {
        others.list(|others, list| {
            let ours = list.iter_mut().filter(|it| !others.has(it));
            ours.enumerate().for_each(|(n, volume)| volume["id"] = others.nth(n)["id"].clone());
        })
    }),
    lie("ids", "empty in the list", |others| {
        others.list(|others, list| {
            list.iter_mut().filter(|it| !others.has(it)).for_each(|volume| volume["id"] = json!(""));
        })
    }),
    unfit("sizes", "half of what was asked for", |others| others.show(|volume| volume["size"] = json!(10))),
    lie("sizes", "left out", |others| others.show(|volume| volume["size"] = json!(0))),
    unfit("sizes", "another type", |others| others.show(|volume| volume["volume_type"] = json!("SAS"))),
    unfit("sizes", "another zone", |others| others.show(|volume| volume["availability_zone"] = json!("az-dc-2"))),
    lie("created_at", "years ago", |others| {
        others.show(|volume| volume["created_at"] = json!("2020-01-02T03:04:05.000000"))
    }),
    lie("created_at", "years ahead", |others| {
        others.show(|volume| volume["created_at"] = json!("2040-01-02T03:04:05.000000"))
    }),
    lie("created_at", "left out", |others| {
        others.show(|volume| drop(volume.as_object_mut().unwrap().remove("created_at")))
    }),
    lie("attachments", "attached", |others| {
        others.show(|volume| {
            volume["attachments"] = json!([{"server_id": "s", "id": volume["id"], "volume_id": volume["id"]}]);
            volume["status"] = json!("in-use");
        })
    }),
    lie("attachments", "attached, and in error", |others| {
        others.show(|volume| {
            volume["attachments"] = json!([{"server_id": "s", "id": volume["id"], "volume_id": volume["id"]}]);
            volume["status"] = json!("error");
        })
    }),
    lie("names", "all of one", |others| others.show(|volume| volume["name"] = json!("web-0001"))),
    lie("names", "another pattern", |others| others.show(|volume| volume["name"] = json!("volume-12"))),
    unfit("work", "makes half of the size", |_| makes(|volume| volume["size"] = json!(10))),
    unfit("work", "makes it in another zone", |_| makes(|volume| volume["availability_zone"] = json!("az-dc-2"))),
    lie("work", "makes one fewer", |_| {
        makes(|volume| volume["count"] = json!((volume["count"].as_u64().unwrap_or(1) - 1).max(1)))
    }),
    lie("work", "keeps no tags", |_| makes(|volume| volume["tags"] = json!({}))),
];

/// What is asked for by ids has to be asked for one by one.
pub(super) fn empty_ids() -> Vec<Rule> {
    vec![Rule::answers(About::Ids, |_, answer, _| {
        if let Some(list) = answer.list() {
            list.clear();
        }
    })]
}
