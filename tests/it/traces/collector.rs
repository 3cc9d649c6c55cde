//! A collector over loopback: takes what is exported, keeps the bodies, and answers as it is told.

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// As it should.
    Good,
    /// With this status.
    Status(u16),
    /// So late that nobody waits for it.
    Hangs,
    /// Elsewhere.
    Redirects,
}

/// One request that it took.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The collector, until it is dropped.
pub(crate) struct Collector {
    pub(crate) endpoint: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Collector {
    pub(crate) fn start(reply: Reply) -> Collector {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let taken: Arc<Mutex<Vec<Taken>>> = Arc::default();
        let kept = taken.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = kept.clone();
                let service = service_fn(move |request| answer(request, kept.clone(), reply));
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(async move { connection.serve_connection(TokioIo::new(stream), service).await });
            }
        });
        Collector { endpoint, taken, _runtime: runtime }
    }

    /// What it has taken so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Every span that it was sent, and the attributes of who sent them.
    pub(crate) fn spans(&self) -> (Vec<Span>, Vec<KeyValue>) {
        let (mut spans, mut resource) = (Vec::new(), Vec::new());
        for taken in self.taken() {
            let request = ExportTraceServiceRequest::decode(taken.body.as_slice()).unwrap();
            for of_resource in request.resource_spans {
                resource = of_resource.resource.unwrap().attributes;
                spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        (spans, resource)
    }
}

async fn answer(
    request: Request<Incoming>,
    kept: Arc<Mutex<Vec<Taken>>>,
    reply: Reply,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    kept.lock().unwrap().push(Taken { path: parts.uri.path().to_owned(), headers, body });
    let mut response = Response::new(Full::default());
    match reply {
        Reply::Good => {}
        Reply::Status(status) => *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap(),
        Reply::Hangs => tokio::time::sleep(Duration::from_secs(60)).await,
        Reply::Redirects => {
            *response.status_mut() = hyper::StatusCode::TEMPORARY_REDIRECT;
            response.headers_mut().insert("location", "/elsewhere".parse().unwrap());
        }
    }
    Ok(response)
}

/// The value of an attribute as text; each is there once at the most.
#[track_caller]
pub(crate) fn value(attributes: &[KeyValue], name: &str) -> Option<String> {
    let mut found = attributes.iter().filter(|attribute| attribute.key == name);
    let value = match found.next()?.value.clone()?.value? {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(is) => is.to_string(),
        other => panic!("{name} is {other:?}"),
    };
    assert!(found.next().is_none(), "{name} is there twice");
    Some(value)
}
