//! What the lying service goes by: a list of rules, each with the requests that it is about, from the n-th on, how many
//! times, and how it changes what is asked or answered. All rules that are about a request change it, in order.

use hyper::HeaderMap;
use serde_json::Value;
use std::sync::Arc;

/// A request on its way to the cloud.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// An answer on its way back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    /// The connection is cut instead.
    pub(super) cut: bool,
}

/// Which requests a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Create calls of any version.
    Create,
    Job,
    /// One volume by its id.
    Show,
    /// The project's volumes, page by page.
    List,
    /// The volumes of certain ids.
    Ids,
    /// Everything that shows volumes: the three above.
    Reads,
    Any,
}

type Asks = Arc<dyn Fn(&mut Ask) + Send + Sync>;
type Answers = Arc<dyn Fn(&Ask, &mut Answer, &Memory) + Send + Sync>;

#[derive(Clone)]
enum Lie {
    Ask(Asks),
    Answer(Answers),
}

#[derive(Clone)]
pub(super) struct Rule {
    about: About,
    skip: u64,
    times: u64,
    lie: Lie,
    matched: u64,
    hits: u64,
}

/// The rules in force.
#[derive(Default)]
pub(super) struct Script(Vec<Rule>);

impl Rule {
    /// Changes answers.
    pub(super) fn answers(about: About, lie: impl Fn(&Ask, &mut Answer, &Memory) + Send + Sync + 'static) -> Rule {
        Rule { about, skip: 0, times: u64::MAX, lie: Lie::Answer(Arc::new(lie)), matched: 0, hits: 0 }
    }

    /// Changes requests: the cloud really does something else.
    pub(super) fn asks(about: About, lie: impl Fn(&mut Ask) + Send + Sync + 'static) -> Rule {
        Rule { about, skip: 0, times: u64::MAX, lie: Lie::Ask(Arc::new(lie)), matched: 0, hits: 0 }
    }

    /// Lets so many requests pass first.
    pub(super) fn after(self, skip: u64) -> Rule {
        Rule { skip, ..self }
    }

    /// Ends after so many.
    pub(super) fn times(self, times: u64) -> Rule {
        Rule { times, ..self }
    }

    pub(super) fn ask(&self, ask: &mut Ask) {
        if let Lie::Ask(lie) = &self.lie {
            lie(ask);
        }
    }

    pub(super) fn answer(&self, ask: &Ask, answer: &mut Answer, memory: &Memory) {
        if let Lie::Answer(lie) = &self.lie {
            lie(ask, answer, memory);
        }
    }
}

impl Script {
    pub(super) fn new(rules: Vec<Rule>) -> Script {
        Script(rules)
    }

    pub(super) fn hits(&self) -> u64 {
        self.0.iter().map(|rule| rule.hits).sum()
    }

    /// Counts a request and gives the rules that change it.
    pub(super) fn arrival(&mut self, ask: &Ask) -> Vec<Rule> {
        let mut hit = Vec::new();
        for rule in self.0.iter_mut().filter(|rule| ask.is(rule.about)) {
            rule.matched += 1;
            if rule.matched > rule.skip && rule.hits < rule.times {
                rule.hits += 1;
                hit.push(rule.clone());
            }
        }
        hit
    }
}

impl Ask {
    /// The path below the project.
    fn below(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').skip(2).collect()
    }

    fn is(&self, about: About) -> bool {
        let filtered = self.query.contains("ids=");
        match (about, self.method.as_str(), self.below().as_slice()) {
            (About::Any, ..) | (About::Create, "POST", ["cloudvolumes"]) | (About::Job, "GET", ["jobs", _]) => true,
            (About::List, "GET", ["cloudvolumes", "detail"]) => !filtered,
            (About::Ids, "GET", ["cloudvolumes", "detail"]) => filtered,
            (About::Reads, "GET", ["cloudvolumes", _]) => true,
            (About::Show, "GET", ["cloudvolumes", id]) => *id != "detail",
            _ => false,
        }
    }

    pub(super) fn is_deletion(&self) -> bool {
        self.method == "DELETE" && self.id().is_some()
    }

    /// The volume that the path names.
    pub(super) fn id(&self) -> Option<&str> {
        match self.below().as_slice() {
            ["cloudvolumes", id, ..] if *id != "detail" => Some(id),
            _ => None,
        }
    }
}

impl Answer {
    /// Every volume that it shows.
    pub(super) fn volumes(&mut self) -> Vec<&mut Value> {
        match &mut self.body {
            Value::Object(body) => {
                let list = body.get("volumes").is_some();
                match body.get_mut(if list { "volumes" } else { "volume" }) {
                    Some(Value::Array(volumes)) => volumes.iter_mut().collect(),
                    Some(volume) => vec![volume],
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// The list that it is.
    pub(super) fn list(&mut self) -> Option<&mut Vec<Value>> {
        self.body.get_mut("volumes")?.as_array_mut()
    }

    /// The volumes of the sub-jobs of the job that it is.
    pub(super) fn sub_jobs(&mut self) -> Option<&mut Vec<Value>> {
        self.body.get_mut("entities")?.get_mut("sub_jobs")?.as_array_mut()
    }
}

/// What went by, as the cloud had it.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// Create calls that were taken in: their bodies, as the cloud got them.
    pub(super) created: Vec<Value>,
    /// Volumes that somebody asked to delete, as they were then.
    pub(super) deleted: Vec<Value>,
    /// Ids that somebody asked to change in any other way.
    pub(super) changed: Vec<String>,
}

impl Memory {
    pub(super) fn deleting(&mut self, ask: &Ask, truth: Value) {
        let was = truth.get("volume").cloned();
        self.deleted.push(was.unwrap_or_else(|| serde_json::json!({ "id": ask.id(), "status": "not there" })));
    }

    pub(super) fn answered(&mut self, ask: &Ask, answer: &Answer) {
        if ask.is(About::Create) && answer.status < 300 {
            self.created.push(ask.body.clone());
        }
        if ask.method != "GET"
            && ask.method != "DELETE"
            && let Some(id) = ask.id()
        {
            self.changed.push(id.to_owned());
        }
    }

    /// The tags of the last create call.
    pub(super) fn tags(&self) -> Value {
        self.created.last().map_or(Value::Null, |body| body["volume"]["tags"].clone())
    }

    /// How many volumes all create calls asked for that were taken in.
    pub(super) fn bought(&self) -> u64 {
        self.created.iter().map(|body| body["volume"]["count"].as_u64().unwrap_or(1)).sum()
    }
}
