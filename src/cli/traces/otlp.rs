//! The export: OTLP over HTTP to the collector that the environment names, and to nobody else.
//!
//! Spans are handed to a thread of the library's, which drops what it cannot keep up with: the work never waits for a
//! collector. Only the end of the process does, for a moment.

use crate::cli::log::{Listeners, is_ours};
use crate::cli::runtime;
use crate::http::{builder, read_body};
use crate::words::traces::{NoExport, Trouble, not_all, trouble};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tracing::{Level, Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;

/// How long the end of a command waits for the collector.
const END_WITHIN: Duration = Duration::from_secs(2);
/// How long one export may take where nobody says (OpenTelemetry specification, "OTLP exporter").
const EXPORT_WITHIN: Duration = Duration::from_secs(10);
/// The most that is read of an answer.
const MAX_ANSWER: usize = 64 << 10;

/// The export at its work.
pub(in crate::cli) struct Traces {
    provider: SdkTracerProvider,
    /// Drives the connection to the collector, so that the runtimes of the work need not.
    runtime: Runtime,
    collector: Arc<Collector>,
}

/// Where spans go, and what went wrong on the way there first.
#[derive(Debug)]
struct Collector {
    /// Host and port: the rest of an address may hold what is nobody's business.
    place: String,
    trouble: OnceLock<Trouble>,
}

/// Looks up a variable; an empty one is none.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Begins, where the environment names a collector and does not take it back.
///
/// # Errors
/// What of the environment makes no sense, without its values.
pub(super) fn start(set: Lookup<'_>, listeners: &mut Listeners) -> Result<Option<Traces>, NoExport> {
    let Some((name, endpoint)) = asked(set) else { return Ok(None) };
    let url = url::Url::parse(&endpoint).map_err(|_| NoExport::NoAddress(name))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NoExport::OtherScheme(name));
    }
    let protocol = of_traces(set, "PROTOCOL");
    if let Some((variable, protocol)) = protocol.filter(|(_, protocol)| protocol != "http/protobuf") {
        return Err(NoExport::OtherProtocol { variable, protocol });
    }
    let runtime = runtime::build(Builder::new_multi_thread().worker_threads(1).thread_name("traces"));
    let runtime = runtime.map_err(|error| NoExport::Failed(error.to_string()))?;
    let host = url.host_str().unwrap_or_default();
    let place = url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let collector = Arc::new(Collector { place, trouble: OnceLock::new() });
    let within = of_traces(set, "TIMEOUT").and_then(|(_, text)| text.parse().ok()).map(Duration::from_millis);
    let http = builder(&url).timeout(within.unwrap_or(EXPORT_WITHIN)).build();
    let http = http.map_err(|error| NoExport::Failed(error.to_string()))?;
    let client = Client { http, runtime: runtime.handle().clone(), collector: collector.clone() };
    // Not repeated: of what a collector does not take, nothing is worth a delay.
    let exporter = SpanExporter::builder().with_http().with_http_client(client);
    let exporter = exporter.with_retry_policy(RetryPolicy::disabled()).build();
    // Its words may repeat the address.
    let exporter = exporter.map_err(|_| NoExport::Unusable(name))?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource(set)).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("evsctl"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(filter_fn(wants).with_max_level_hint(tracing::level_filters::LevelFilter::DEBUG));
    listeners.push(Box::new(layer));
    Ok(Some(Traces { provider, runtime, collector }))
}

/// The collector's address and the variable that names it, unless others say that nothing is wanted.
fn asked(set: Lookup<'_>) -> Option<(&'static str, String)> {
    let disabled = set("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let elsewhere = set("OTEL_TRACES_EXPORTER").is_some_and(|list| list.split(',').all(|name| name.trim() != "otlp"));
    if disabled || elsewhere {
        return None;
    }
    of_traces(set, "ENDPOINT")
}

/// A variable of the exporter: that of traces alone, or that of all signals.
fn of_traces(set: Lookup<'_>, what: &str) -> Option<(&'static str, String)> {
    let names = match what {
        "ENDPOINT" => ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
        "PROTOCOL" => ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
        _ => ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"],
    };
    names.into_iter().find_map(|name| Some((name, set(name)?)))
}

/// Who the spans are from; the environment's words count more than ours.
fn resource(set: Lookup<'_>) -> Resource {
    let own = [KeyValue::new("service.name", "evsctl"), KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))];
    let resource = Resource::builder_empty()
        .with_attributes(own)
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    match set("OTEL_SERVICE_NAME") {
        Some(name) => resource.with_service_name(name).build(),
        None => resource.build(),
    }
}

/// What is exported: all spans of ours, and as events in them what -vv logs, except the requests, which are spans.
fn wants(metadata: &Metadata<'_>) -> bool {
    let request = *metadata.level() == Level::INFO && metadata.target() == "evsctl::evs::log";
    is_ours(metadata) && (metadata.is_span() || (*metadata.level() <= Level::DEBUG && !request))
}

/// Puts a command's span below the one that the environment names, as CI systems do.
pub(super) fn continues(root: &Span, set: Lookup<'_>) {
    let named = |(field, variable): (&str, &str)| Some((field.to_owned(), set(variable)?));
    let carrier: HashMap<_, _> =
        [("traceparent", "TRACEPARENT"), ("tracestate", "TRACESTATE")].into_iter().filter_map(named).collect();
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    if parent.span().span_context().is_valid() {
        // Ignored: it fails only where nothing is exported.
        let _ = root.set_parent(parent);
    }
}

impl Traces {
    /// Ends the command's span and waits a moment for the rest of the export. Gives what went wrong, in one line.
    pub(super) fn end(self, root: Span) -> Option<String> {
        // By itself it would end only after everything in it, and who works on something abandoned may linger.
        root.context().span().end();
        drop(root);
        let Traces { provider, runtime, collector } = self;
        if provider.shutdown_with_timeout(END_WITHIN).is_err() {
            collector.trouble.get_or_init(|| Trouble::NotTaken(END_WITHIN.as_secs()));
        }
        runtime.shutdown_background();
        let why = collector.trouble.get()?;
        Some(not_all(&collector.place, *why))
    }
}

/// Sends to the collector as all else is sent: the same TLS, no redirect, nothing repeated.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: tokio::runtime::Handle,
    collector: Arc<Collector>,
}

impl HttpClient for Client {
    fn send_bytes<'own, 'sent>(
        &'own self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'own: 'sent,
        Self: 'sent,
    {
        Box::pin(async move {
            let http = self.http.clone();
            // Who waits for it is a thread without a runtime.
            let sent = self.runtime.spawn(async move { exchange(&http, request).await }).await;
            let answer = sent.unwrap_or_else(|_| Err(Trouble::GivenUp));
            let went_wrong = match &answer {
                Ok(answer) if answer.status().is_success() => None,
                Ok(answer) => Some(Trouble::Answered(answer.status().as_u16())),
                Err(why) => Some(*why),
            };
            if let Some(why) = went_wrong {
                self.collector.trouble.get_or_init(|| why);
            }
            answer.map_err(|why| HttpError::from(trouble(why)))
        })
    }
}

async fn exchange(http: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, Trouble> {
    let trouble = |error: reqwest::Error| match () {
        () if error.is_timeout() => Trouble::NoAnswer,
        () if error.is_connect() => Trouble::NoConnection,
        () => Trouble::NoWholeAnswer,
    };
    let request = reqwest::Request::try_from(request).map_err(trouble)?;
    let mut answer = http.execute(request).await.map_err(trouble)?;
    let read = read_body(&mut answer, MAX_ANSWER).await.map_err(trouble)?;
    let mut response = Response::new(Bytes::from(read.body));
    *response.status_mut() = answer.status();
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::traces::no_export;

    fn asks(variables: &[(&str, &str)]) -> Option<(&'static str, String)> {
        asked(&|name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn only_a_named_collector_is_asked_for() {
        let (all, traces) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        assert_eq!(asks(&[]), None);
        assert_eq!(asks(&[(all, "http://a")]), Some((all, "http://a".to_owned())));
        assert_eq!(asks(&[(all, "http://a"), (traces, "http://b")]), Some((traces, "http://b".to_owned())));
        for (name, value, on) in [
            ("OTEL_SDK_DISABLED", "true", false),
            ("OTEL_SDK_DISABLED", "TRUE", false),
            ("OTEL_SDK_DISABLED", "false", true),
            ("OTEL_TRACES_EXPORTER", "none", false),
            ("OTEL_TRACES_EXPORTER", "console", false),
            ("OTEL_TRACES_EXPORTER", "console, otlp", true),
        ] {
            assert_eq!(asks(&[(all, "http://a"), (name, value)]).is_some(), on, "{name}={value}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_said_without_its_value() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "canary"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "file:///canary"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://canary:canary@"),
        ] {
            let mut listeners = Listeners::new();
            let set = |asked: &str| (asked == name).then(|| value.to_owned());
            let why = start(&set, &mut listeners).map(|traces| traces.is_some()).unwrap_err();
            let told = no_export(&why);
            assert!(told.contains(name) && !told.contains("canary") && listeners.is_empty(), "{told}");
        }
        let set = |asked: &str| match asked {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some("http://127.0.0.1:4317".to_owned()),
            "OTEL_EXPORTER_OTLP_PROTOCOL" => Some("grpc".to_owned()),
            _ => None,
        };
        let why = start(&set, &mut Listeners::new()).map(|traces| traces.is_some()).unwrap_err();
        let (variable, protocol) = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned());
        assert_eq!(why, NoExport::OtherProtocol { variable, protocol });
    }
}
