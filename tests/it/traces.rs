//! Traces, as a collector sees them; and that nothing else depends on it.

mod collector;

use crate::support::{CREATE, Cloud, Ran, World, evsctl, run};
pub(crate) use collector::{Collector, Reply, value};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use serde_json::json;
use std::time::{Duration, Instant};

const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn traced(world: &World, collector: &Collector, words: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = world.command(words);
    command.env(ENDPOINT, &collector.endpoint).envs(variables.iter().copied());
    run(command)
}

fn at(span: &Span, name: &str) -> String {
    value(&span.attributes, name).unwrap_or_default()
}

#[track_caller]
fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// The one span of that name.
#[track_caller]
fn only<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found = named(spans, name);
    assert_eq!(found.len(), 1, "{name} among {:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>());
    found[0]
}

fn is_error(span: &Span) -> bool {
    span.status.as_ref().is_some_and(|status| status.code() == StatusCode::Error)
}

fn events(span: &Span) -> Vec<&str> {
    span.events.iter().map(|event| event.name.as_str()).collect()
}

fn warnings(ran: &Ran) -> Vec<&str> {
    ran.stderr.lines().filter(|line| line.starts_with("warning")).collect()
}

#[test]
fn an_apply_is_a_tree_of_spans() {
    let (world, collector) = (World::new("  web: { count: 3, size: 10 }"), Collector::start(Reply::Good));
    let ran = traced(&world, &collector, &["apply", "--yes", "--format", "json"], &[]).exits(0);
    assert_eq!((ran.finished()["created"].as_u64(), warnings(&ran)), (Some(3), vec![]));
    let (spans, resource) = collector.spans();
    assert_eq!(value(&resource, "service.name").unwrap(), "evsctl");
    assert_eq!(value(&resource, "service.version").unwrap(), env!("CARGO_PKG_VERSION"));
    let taken = &collector.taken()[0];
    assert_eq!(taken.path, "/v1/traces");
    assert!(taken.headers.contains(&("content-type".to_owned(), "application/x-protobuf".to_owned())));

    let root = only(&spans, "evsctl apply");
    assert!(root.parent_span_id.is_empty() && !is_error(root));
    assert!(spans.iter().all(|span| span.trace_id == root.trace_id));
    for (name, wanted) in
        [("process.exit.code", "0"), ("evsctl.stack", "test"), ("evsctl.command", "apply"), ("error.type", "")]
    {
        assert_eq!(at(root, name), wanted, "{name}");
    }
    assert!(events(root).contains(&"locked") && events(root).contains(&"committed"), "{:?}", events(root));

    let call = only(&spans, "create call");
    assert_eq!(call.parent_span_id, root.span_id);
    assert_eq!((at(call, "evsctl.call.slots"), at(call, "evsctl.call.outcome")), ("3".to_owned(), "done".to_owned()));
    let journal = world.run(&["state", "show", "web[1]", "--format", "json"]).exits(0).stdout;
    assert!(journal.contains(&at(call, "evsctl.call.id")) && at(call, "evsctl.call.id").len() > 3, "{journal}");
    assert!(!at(call, "evsctl.job.id").is_empty() && at(call, "evsctl.call.resumed") == "false" && !is_error(call));

    let create = only(&spans, CREATE);
    assert_eq!((&create.parent_span_id, create.kind()), (&call.span_id, SpanKind::Client));
    let (host, port) = world.cloud.endpoint.strip_prefix("http://").unwrap().split_once(':').unwrap();
    for (name, wanted) in [
        ("http.request.method", "POST"),
        ("url.template", "/v3/{project_id}/cloudvolumes"),
        ("url.scheme", "http"),
        ("server.address", host),
        ("server.port", port),
        ("http.response.status_code", "200"),
        ("error.type", ""),
        ("http.request.resend_count", ""),
    ] {
        assert_eq!(at(create, name), wanted, "{name}");
    }
    assert!(at(create, "evsctl.request.id").len() > 10 && create.end_time_unix_nano > create.start_time_unix_nano);
    // Jobs are looked at for all calls at once.
    let looks = named(&spans, "GET /v1/{project_id}/jobs/{job_id}");
    assert!(!looks.is_empty() && looks.iter().all(|look| look.parent_span_id == root.span_id));
    // One span for each request that arrived.
    let requests = spans.iter().filter(|span| span.kind() == SpanKind::Client).count();
    assert_eq!(requests as u64, world.cloud.all_requests());
}

#[test]
fn what_goes_wrong_is_an_error_in_its_place() {
    let (world, collector) = (World::new("  web: { size: 10 }"), Collector::start(Reply::Good));
    world.cloud.faults(json!([
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "times": 1,
            "then": {"status": 503, "body": {"error": {"code": "EVS.5503", "message": "no"}}}},
        {"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1, "then": {"cut": "after"}},
    ]));
    traced(&world, &collector, &["apply", "--yes"], &[]).exits(0);
    let (spans, _) = collector.spans();
    let root = only(&spans, "evsctl apply");
    let lists = named(&spans, LIST);
    let refused: Vec<_> = lists.iter().filter(|span| is_error(span)).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (at(refused[0], "error.type"), at(refused[0], "http.response.status_code")),
        ("503".into(), "503".into())
    );
    assert_eq!((at(refused[0], "evsctl.error.code"), &refused[0].parent_span_id), ("EVS.5503".into(), &root.span_id));
    assert!(lists.iter().any(|span| at(span, "http.request.resend_count") == "1" && !is_error(span)));
    assert!(events(root).contains(&"pauses before it is repeated"), "{:?}", events(root));

    let call = only(&spans, "create call");
    assert_eq!((at(call, "evsctl.call.outcome"), is_error(call)), ("done".to_owned(), false));
    assert!(events(call).contains(&"a doubt was looked into") && events(call).contains(&"a create call"));
    let lost = named(&spans, CREATE).into_iter().find(|span| is_error(span)).unwrap();
    assert_eq!((at(lost, "error.type"), at(lost, "http.response.status_code")), ("no_answer".into(), "".into()));
    assert_eq!(lost.parent_span_id, call.span_id);

    // A refusal ends the call, and the command.
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes",
        "then": {"status": 400, "body": {"error": {"code": "EVS.1034", "message": "no"}}}}]));
    world.volumes("  web: { size: 10 }\n  more: { size: 10 }");
    let collector = Collector::start(Reply::Good);
    traced(&world, &collector, &["apply", "--yes"], &[]).exits(3);
    let (spans, _) = collector.spans();
    let (root, call) = (only(&spans, "evsctl apply"), only(&spans, "create call"));
    assert_eq!((at(call, "evsctl.call.outcome"), is_error(call)), ("refused".to_owned(), true));
    assert_eq!((at(root, "process.exit.code"), at(root, "error.type")), ("3".to_owned(), "3".to_owned()));
    assert!(is_error(root));
}

#[test]
fn the_variables_of_opentelemetry_are_obeyed() {
    let world = World::new("  web: { size: 10 }");
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let collector = Collector::start(Reply::Good);
    let sampled = format!("00-{trace}-{parent}-01");
    let variables = [
        ("TRACEPARENT", sampled.as_str()),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=ci"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=storage,authorization=Bearer%20canary"),
    ];
    let ran = traced(&world, &collector, &["plan", "--detailed-exitcode", "-vvv"], &variables).exits(2);
    assert!(!ran.stderr.contains("canary") && !ran.stderr.contains("v1/traces"), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches(" answered ").count(), 4, "the collector's answer is not logged: {}", ran.stderr);
    let (spans, resource) = collector.spans();
    let root = only(&spans, "evsctl plan");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((hex(&root.trace_id).as_str(), hex(&root.parent_span_id).as_str()), (trace, parent));
    assert_eq!((at(root, "process.exit.code"), is_error(root)), ("2".to_owned(), false));
    assert_eq!(value(&resource, "service.name").unwrap(), "other");
    assert_eq!(value(&resource, "deployment.environment.name").unwrap(), "ci");
    let headers = &collector.taken()[0].headers;
    assert!(headers.contains(&("x-team".to_owned(), "storage".to_owned())), "{headers:?}");
    assert!(headers.contains(&("authorization".to_owned(), "Bearer canary".to_owned())), "{headers:?}");

    let collector = Collector::start(Reply::Good);
    let own = format!("{}/own/path", collector.endpoint);
    let mut command = world.command(&["plan"]);
    command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", own).env(ENDPOINT, "http://127.0.0.1:9");
    command.env("OTEL_SERVICE_NAME", "volumes").env("OTEL_RESOURCE_ATTRIBUTES", "service.name=other");
    command.env("OTEL_EXPORTER_OTLP_COMPRESSION", "none").env("TRACEPARENT", "nonsense");
    assert_eq!(run(command).exits(0).stderr, "");
    assert_eq!(collector.taken()[0].path, "/own/path");
    let (spans, resource) = collector.spans();
    assert!(only(&spans, "evsctl plan").parent_span_id.is_empty());
    assert_eq!(value(&resource, "service.name").unwrap(), "volumes");

    let collector = Collector::start(Reply::Good);
    let gzip = ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
    assert_eq!(traced(&world, &collector, &["plan"], &[gzip]).exits(0).stderr, "");
    let taken = &collector.taken()[0];
    assert!(taken.headers.contains(&("content-encoding".to_owned(), "gzip".to_owned())), "{:?}", taken.headers);
    assert_eq!(taken.body[..2], [0x1f, 0x8b]);

    // What the caller does not sample, and what nobody wants, is not sent.
    let unsampled = format!("00-{trace}-{parent}-00");
    for (name, value) in [
        ("TRACEPARENT", unsampled.as_str()),
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ] {
        let collector = Collector::start(Reply::Good);
        assert_eq!(traced(&world, &collector, &["plan"], &[(name, value)]).exits(0).stderr, "");
        assert_eq!(collector.taken().len(), 0, "{name}={value}");
    }
}

#[test]
fn no_collector_changes_what_a_command_does() {
    let volumes = "  web: { count: 3, size: 10 }";
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (reply, why) in [
        (None, "there is no connection to it"),
        (Some(Reply::Hangs), "it has not taken them within 2 s"),
        (Some(Reply::Status(500)), "it answered 500"),
        (Some(Reply::Redirects), "it answered 307"),
    ] {
        let collector = reply.map(Collector::start);
        let endpoint = collector.as_ref().map_or(nobody.clone(), |collector| collector.endpoint.clone());
        let world = World::new(volumes);
        let begun = Instant::now();
        let apply = &["apply", "--yes", "--format", "json"];
        assert_eq!(world.run(apply).exits(0).finished()["created"], 3);
        let alone = begun.elapsed();
        let world = World::new(volumes);
        let begun = Instant::now();
        let mut command = world.command(apply);
        command.env(ENDPOINT, &endpoint);
        let ran = run(command).exits(0);
        let took = begun.elapsed();
        let finished = ran.finished();
        assert_eq!((&finished["created"], &finished["converged"]), (&json!(3), &json!(true)));
        let place = endpoint.strip_prefix("http://").unwrap();
        let line =
            format!("warning: the traces did not all reach the collector at {place}: {why}; nothing else is affected");
        assert_eq!(warnings(&ran), [line]);
        // A good deal less than an export may take, or the collector hangs, whatever else the machine does.
        assert!(took < alone + Duration::from_secs(6), "{reply:?}: {took:?}, and {alone:?} without");
        if let Some(collector) = collector {
            assert!(collector.taken().iter().all(|taken| taken.path == "/v1/traces"), "no redirect is followed");
        }
        // Exit codes of failures are their own too.
        let mut command = world.command(&["state", "show", "nothing[1]"]);
        command.env(ENDPOINT, &endpoint);
        assert_eq!(run(command).code, world.run(&["state", "show", "nothing[1]"]).code);
    }
}

#[test]
fn a_hanging_collector_holds_up_no_signal() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "20s"]), "  web: { count: 3, size: 10 }");
    let collector = Collector::start(Reply::Hangs);
    let mut command = world.command(&["apply", "--yes"]);
    command.env(ENDPOINT, &collector.endpoint).env("OTEL_BSP_SCHEDULE_DELAY", "50");
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    crate::support::until("an export hangs and a job runs", || {
        !collector.taken().is_empty() && world.cloud.requests(CREATE) == 1
    });
    let since = Instant::now();
    let sent = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(since.elapsed() < Duration::from_secs(5), "it took {:?} to leave", since.elapsed());
}

#[test]
fn a_signal_is_told_to_the_collector_too() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "20s"]), "  web: { count: 3, size: 10 }");
    let collector = Collector::start(Reply::Good);
    let mut command = world.command(&["apply", "--yes"]);
    command.env(ENDPOINT, &collector.endpoint);
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    crate::support::until("the job is looked at", || world.cloud.requests("GET /v1/{project_id}/jobs/{job_id}") > 0);
    let sent = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let (spans, _) = collector.spans();
    let (root, call) = (only(&spans, "evsctl apply"), only(&spans, "create call"));
    assert_eq!((at(root, "process.exit.code"), at(call, "evsctl.call.outcome")), ("143".into(), "under way".into()));
    assert!(!at(call, "evsctl.job.id").is_empty());
}

#[test]
fn what_is_wrong_with_the_variables_is_one_warning() {
    for (name, value, says) in [
        (ENDPOINT, "not an address", "warning: no traces are exported: OTEL_EXPORTER_OTLP_ENDPOINT is no address\n"),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            "warning: no traces are exported: OTEL_EXPORTER_OTLP_PROTOCOL is \"grpc\", and only \"http/protobuf\" is \
             spoken here\n",
        ),
    ] {
        let mut command = evsctl();
        command.arg("schema").env(ENDPOINT, "http://127.0.0.1:9").env(name, value);
        let ran = run(command).exits(0);
        assert_eq!(ran.stderr, says);
        assert!(ran.stdout.starts_with('{'));
    }
}
