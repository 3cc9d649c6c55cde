//! Calls in doubt at a service that honours client tokens: the same loop, client and cloud, but with an
//! endpoint that is known for it. No test server's address is, so the library is driven directly.

use crate::support::{CREATE, Cloud, Deaf, PROJECT, holder, parsed};
use evsctl::apply::{self, EventSink, Report, Settings};
use evsctl::boundary::Boundaries;
use evsctl::evs::{Client, Connection};
use evsctl::manifest::Manifest;
use evsctl::operation::settle::{Doubts, InDoubt};
use evsctl::plan::{self, Inputs, Plan, Selection};
use evsctl::state::{CloudId, State};
use evsctl::store::Store;
use evsctl::volume::Lineage;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const PATH: &str = "/v3/{project_id}/cloudvolumes";

/// A stack whose recorded cloud is one that honours tokens, while its requests go to the test's cloud.
struct Trusting {
    cloud: Cloud,
    store: Store,
    manifest: Manifest,
    id: CloudId,
    _dir: tempfile::TempDir,
}

impl Trusting {
    fn new(volumes: &str) -> Trusting {
        let manifest = parsed(volumes);
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().join("state"), manifest.stack.clone());
        let id = CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id: PROJECT.to_owned() };
        Trusting { cloud: Cloud::start().with_control(), store, manifest, id, _dir: dir }
    }

    fn faults(&self, then: &[Value]) {
        let rule = |then: &Value| json!({"method": "POST", "path": PATH, "times": 1, "then": then});
        self.cloud.faults(then.iter().map(rule).collect());
    }

    /// The same while new volumes do not show in lists.
    fn unseen(&self, then: &[Value]) {
        let rule = |then: &Value| json!({"method": "POST", "path": PATH, "times": 1, "then": then});
        let lag = json!({"method": "GET", "path": LIST, "then": {"list_lag_ms": 60000}});
        self.cloud.faults(then.iter().map(rule).chain([lag]).collect());
    }

    fn client(&self, stop: &CancellationToken) -> Arc<Client> {
        let connection = Connection {
            endpoint: self.cloud.endpoint.parse().unwrap(),
            project_id: PROJECT.to_owned(),
            credentials: evsctl::evs::Credentials::None,
            rate: None,
            parallelism: 4,
            patience: Duration::from_secs(2),
            boundaries: Boundaries::default(),
        };
        Arc::new(Client::new(connection, stop.clone()).unwrap())
    }

    async fn plan(&self, client: &Client, state: Option<&State>) -> Plan {
        let known = state.into_iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id);
        let observed = client.observe(known, state.is_none()).await.unwrap();
        let (desired, cloud, selection) = (&self.manifest, &self.id, &Selection::default());
        plan::make(Inputs {
            desired,
            cloud,
            recorded: state,
            observed: Some(&observed),
            selection,
            as_of: crate::support::TODAY,
        })
    }

    /// One run from plan to commit; gives its report and what is left to do.
    fn apply(&self) -> (Report, Plan) {
        self.apply_with(None)
    }

    fn apply_with(&self, policy: Option<InDoubt>) -> (Report, Plan) {
        self.apply_as(policy, false)
    }

    fn apply_as(&self, policy: Option<InDoubt>, dated: bool) -> (Report, Plan) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let stop = CancellationToken::new();
            let client = self.client(&stop);
            let mut lease = self.store.lock(holder(), Duration::ZERO).unwrap();
            if lease.state().is_none() {
                let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
                lease.create(State::new(self.manifest.stack.clone(), lineage, self.id.clone())).unwrap();
            }
            let plan = self.plan(&client, lease.state()).await;
            let approved = plan::approval_of(&plan);
            let begun = apply::begun(&plan, lease.state().unwrap(), client.service_now());
            let state = lease.begin_run(approved, begun, plan.recorded_at_once()).unwrap().clone();
            let doubts = Doubts { policy, dated, validity: Duration::ZERO, settle: Duration::from_secs(2) };
            let settings = Settings { timeout: Duration::from_secs(20), doubts, before: Default::default() };
            let mut finished =
                apply::run(plan, client.clone(), lease, state, stop, settings, EventSink::start(Box::new(Deaf))).await;
            assert!(finished.error.is_none(), "{:?}", finished.error);
            finished.lease.commit(jiff::Timestamp::now()).unwrap();
            let left = self.plan(&client, finished.lease.state()).await;
            (finished.report, left)
        })
    }

    fn holds(&self, volumes: u64, creates: u64) {
        // The control is one more.
        assert_eq!(self.cloud.stats()["volumes"], volumes + 1);
        assert_eq!(self.cloud.requests(CREATE), creates);
        let state = self.store.read().unwrap().unwrap();
        assert_eq!(state.volumes.len() as u64, volumes, "every volume is recorded");
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_token() {
    let stack = Trusting::new("  a: { count: 3, size: 10 }");
    stack.unseen(&[json!({"cut": "after"}), json!({"status": 503}), json!({"cut": "before"})]);
    let (report, left) = stack.apply();
    assert!(report.is_clean() && left.is_empty(), "{report:?}");
    stack.holds(3, 4);
}

/// After a lost answer no later answer may close the call: it may have been done, and here it was.
fn closes_nothing(then: Value) {
    let stack = Trusting::new("  a: { count: 3, size: 10 }");
    stack.unseen(&[json!({"cut": "after"}), then.clone()]);
    let (report, left) = stack.apply_with(Some(InDoubt::Fail));
    stack.faults(&[]);
    assert_eq!((report.created, report.unfinished), (0, 1), "{then}: {report:?}");
    assert!(left.refusals.is_empty(), "{then}: {left:?}");
    assert_eq!(left.summary().resume, 3, "{then}: {left:?}");
    assert_eq!(left.summary().create, 0, "{then}: {left:?}");
    let (report, left) = stack.apply();
    assert_eq!(report.resumed, 3, "{then}: {report:?}");
    assert!(left.is_empty() && left.refusals.is_empty(), "{then}: {left:?}");
    let sent = stack.cloud.requests(CREATE);
    assert!((2..=3).contains(&sent), "{then}: {sent} were sent");
    stack.holds(3, sent);
}

#[test]
fn a_refusal_after_a_lost_answer_closes_nothing() {
    let refused = |status: u16, code: &str| {
        closes_nothing(json!({"status": status, "body": {"error": {"code": code, "message": "no"}}}));
    };
    refused(401, "APIGW.0301");
    refused(400, "EVS.1042");
    refused(400, "EVS.2220");
    refused(403, "EVS.1027");
}

#[test]
fn a_service_without_tokens_is_asked_without_one() {
    let stack = Trusting::new("  a: { count: 3, size: 10 }");
    stack.faults(&[json!({"status": 400, "body": {"error": {"code": "EVS.2223", "message": "switched off"}}})]);
    let (report, left) = stack.apply();
    assert!(report.is_clean() && left.is_empty(), "{report:?}");
    stack.holds(3, 2);
}

#[test]
fn a_call_that_was_surely_not_done_is_simply_new_in_the_next_run() {
    let stack = Trusting::new("  a: { count: 3, size: 10 }");
    stack.faults(&[json!({"status": 400, "body": {"error": {"code": "EVS.1042", "message": "quota"}}})]);
    let (report, left) = stack.apply();
    assert_eq!((report.failed, report.unfinished), (3, 0));
    assert_eq!(left.summary().create, 3);
    let (report, left) = stack.apply();
    assert!(report.is_clean() && left.is_empty(), "{report:?}");
    stack.holds(3, 2);
}

#[test]
fn what_another_call_finds_out_takes_no_token_off_a_call_in_doubt() {
    let mut stack = Trusting::new("  a: { count: 2, size: 10 }\n  b: { count: 2, size: 20 }");
    stack.cloud = Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control();
    // The first is on its way for a while. The second is in doubt meanwhile, has been looked for, and waits for its turn when
    // the first learns that tokens are switched off. (A pause that is asked for holds back what has not left yet.)
    stack.faults(&[json!({"delay_ms": 700}), json!({"status": 503, "headers": {"retry-after": "1"}})]);
    let (report, left) = stack.apply_with(Some(InDoubt::Fail));
    assert_eq!((report.created, report.unfinished), (2, 1), "{report:?}");
    assert_eq!((left.summary().resume, left.summary().create), (2, 0), "{left:?}");
    assert_eq!(stack.cloud.stats()["volumes"], 2 + 1, "only what was not in doubt was sent without a token");
    assert_eq!(stack.cloud.requests(CREATE), 4, "each went twice, and what was in doubt with its token");
}

#[test]
fn who_signs_waits_for_the_proof_by_itself_though_the_service_knows_no_tokens() {
    let mut stack = Trusting::new("  a: { count: 2, size: 10 }");
    stack.cloud = Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control();
    let switched_off = json!({"status": 400, "body": {"error": {"code": "EVS.2223", "message": "switched off"}}});
    stack.faults(&[switched_off, json!({"cut": "before"})]);
    let (report, left) = stack.apply_as(None, true);
    // What never happened is made anew in the same run.
    assert_eq!((report.closed, report.unfinished), (0, 0), "{report:?}");
    assert!(report.created == 2 && left.is_empty(), "{report:?}");
    stack.holds(2, 3);
}

#[test]
fn a_resumed_call_is_never_sent_without_its_token() {
    let stack = Trusting::new("  a: { count: 3, size: 10 }");
    let switched_off = json!({"status": 400, "body": {"error": {"code": "EVS.2223", "message": "switched off"}}});
    stack.unseen(&[switched_off, json!({"cut": "after"})]);
    // The volumes do not show yet, and nothing else may be tried.
    for _ in 0..2 {
        let (report, _) = stack.apply_with(Some(InDoubt::Fail));
        assert_eq!((report.created, report.resumed, report.unfinished), (0, 0, 1));
    }
    stack.faults(&[]);
    let (report, left) = stack.apply();
    assert_eq!(report.resumed, 3);
    assert!(left.is_empty() && left.refusals.is_empty(), "{left:?}");
    stack.holds(3, 2);
}

/// A cloud that judges no tokens, and whose create calls meet this, one after another, once the first was refused for its
/// token.
fn untrusted(stack: &mut Trusting, answers: &[Value], more: &[Value]) {
    stack.cloud = Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control();
    let switched_off = json!({"status": 400, "body": {"error": {"code": "EVS.2223", "message": "switched off"}}});
    let rule =
        |(skip, then): (usize, &Value)| json!({"method": "POST", "path": PATH, "skip": skip, "times": 1, "then": then});
    let rules = std::iter::once(&switched_off).chain(answers).enumerate().map(rule);
    stack.cloud.faults(Value::Array(rules.chain(more.iter().cloned()).collect()));
}

#[test]
fn what_an_earlier_attempt_made_after_all_keeps_a_run_from_buying_another() {
    let mut stack = Trusting::new("  a: { count: 1, size: 10 }");
    // The first was done, and shows long after it was proved absent; the second was lost.
    let lag = json!({"method": "GET", "path": LIST, "then": {"list_lag_ms": 9000}});
    untrusted(&mut stack, &[json!({"cut": "after"}), json!({"cut": "before"})], &[lag]);
    // The control shows by then.
    std::thread::sleep(Duration::from_secs(10));
    let (report, left) = stack.apply_as(Some(InDoubt::Wait), true);
    stack.faults(&[]);
    assert_eq!((stack.cloud.stats()["volumes"].as_u64(), report.created), (Some(1 + 1), 0), "{report:?}");
    assert_eq!((left.summary().adopt, left.summary().create, report.closed), (1, 0, 1), "{left:?} {report:?}");
    let (_, left) = stack.apply_as(Some(InDoubt::Wait), true);
    assert!(left.is_empty() && left.refusals.is_empty(), "{left:?}");
    stack.holds(1, 3);
}

#[test]
fn an_attempt_for_a_part_that_an_older_state_does_not_know_is_not_bought_again() {
    let mut stack = Trusting::new("  a: { count: 3, size: 10 }");
    untrusted(&mut stack, &[json!({"cut": "after", "job": "fail", "sub_jobs": [2, 3], "volume": "none"})], &[]);
    let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
    let mut lease = stack.store.lock(holder(), Duration::ZERO).unwrap();
    lease.create(State::new(stack.manifest.stack.clone(), lineage, stack.id.clone())).unwrap();
    drop(lease);
    let kept = stack._dir.path().join("kept");
    std::fs::copy(stack.store.snapshot_path(), &kept).unwrap();
    // One of its three was made, and the other two by another call of the same run.
    let (report, left) = stack.apply_as(Some(InDoubt::Wait), true);
    assert!(report.created == 3 && left.is_empty(), "{report:?} {left:?}");
    let (volumes, creates) = (stack.cloud.stats()["volumes"].clone(), stack.cloud.requests(CREATE));
    std::fs::copy(&kept, stack.store.snapshot_path()).unwrap();
    // What that state cannot know is refused; the rest is gone on with, and buys nothing beside it.
    stack.faults(&[]);
    let (report, left) = stack.apply_as(Some(InDoubt::Wait), true);
    assert!(!left.refusals.is_empty(), "{left:?} {report:?}");
    assert_eq!(
        (stack.cloud.stats()["volumes"].clone(), stack.cloud.requests(CREATE)),
        (volumes, creates),
        "{report:?}"
    );
}

#[test]
fn a_volume_that_is_back_meanwhile_is_not_made_again() {
    let mut stack = Trusting::new("  a: { count: 1, size: 10 }");
    untrusted(&mut stack, &[], &[]);
    std::thread::sleep(Duration::from_secs(10));
    stack.apply_as(Some(InDoubt::Wait), true);
    // Its volume is in no list for a while, and no read finds it at first: so it counts as gone. The call that takes its
    // place is lost, and by then a read finds it again.
    let gone = json!({"method": "GET", "path": "/v2/{project_id}/cloudvolumes/{volume_id}", "times": 3,
        "then": {"status": 404, "body": {}}});
    let lost = json!({"method": "POST", "path": PATH, "times": 1, "then": {"cut": "before"}});
    let lag = json!({"method": "GET", "path": LIST, "then": {"list_lag_ms": 9000}});
    stack.cloud.faults(json!([gone, lost, lag]));
    let (report, _) = stack.apply_as(Some(InDoubt::Wait), true);
    assert_eq!((report.created, report.closed), (0, 1), "{report:?}");
    stack.faults(&[]);
    let (_, left) = stack.apply_as(Some(InDoubt::Wait), true);
    assert!(left.is_empty() && left.refusals.is_empty(), "{left:?}");
    // Two for the first, one of them refused for its token, and the lost one.
    stack.holds(1, 3);
}
