//! The lying service: a server in front of the embedded cloud. It passes every request on and changes, by a script,
//! what is asked and what is answered. What it does to the truth is nothing: the cloud behind it has that.

use super::script::{Answer, Ask, Memory, Rule, Script};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// A running proxy. It ends when dropped.
pub(super) struct Proxy {
    pub(super) endpoint: String,
    state: Arc<Mutex<State>>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct State {
    script: Script,
    memory: Memory,
}

impl Proxy {
    /// One that tells the truth, before the cloud at that address.
    pub(super) fn before(cloud: &str) -> Proxy {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let behind = Behind { cloud: cloud.to_owned(), http, state: state.clone() };
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let behind = behind.clone();
                let service = service_fn(move |request| behind.clone().pass(request));
                // A connection without an answer is a lie too.
                let server = hyper::server::conn::http1::Builder::new()
                    .auto_date_header(false)
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { drop(server.await) });
            }
        });
        Proxy { endpoint, state, _runtime: runtime }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// A new script, from its beginning: the next phase.
    pub(super) fn lies(&self, rules: impl IntoIterator<Item = Rule>) {
        self.state().script = Script::new(rules.into_iter().collect());
    }

    pub(super) fn tells_the_truth(&self) {
        self.lies([]);
    }

    /// How often any rule of this script has hit.
    pub(super) fn lied(&self) -> u64 {
        self.state().script.hits()
    }

    /// What was remembered from the beginning.
    pub(super) fn memory<T>(&self, look: impl FnOnce(&Memory) -> T) -> T {
        look(&self.state().memory)
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A lie that panicked has failed its own request; the others go on, so that the test shows why.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Behind {
    cloud: String,
    http: reqwest::Client,
    state: Arc<Mutex<State>>,
}

impl Behind {
    async fn pass(self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let mut ask = Ask {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        };
        let lies = locked(&self.state).script.arrival(&ask);
        let before = ask.body.clone();
        for lie in &lies {
            lie.ask(&mut ask);
        }
        // The bytes are kept where nothing was changed: a token goes with them.
        let body = if ask.body == before { body } else { Bytes::from(ask.body.to_string()) };
        if ask.is_deletion() {
            let truth = self.send(&Ask { method: "GET".to_owned(), ..ask.clone() }, Bytes::new()).await?;
            locked(&self.state).memory.deleting(&ask, truth.body);
        }
        let mut answer = self.send(&ask, body).await?;
        let memory = {
            let mut state = locked(&self.state);
            state.memory.answered(&ask, &answer);
            state.memory.clone()
        };
        for lie in &lies {
            lie.answer(&ask, &mut answer, &memory);
        }
        if answer.cut {
            return Err(io::Error::other("the answer is lost"));
        }
        let mut response = Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            if !matches!(name.as_str(), "connection" | "transfer-encoding" | "content-length" | "keep-alive") {
                response = response.header(name, value);
            }
        }
        let bytes = if answer.body.is_null() { Vec::new() } else { answer.body.to_string().into_bytes() };
        Ok(response.body(Full::new(Bytes::from(bytes))).unwrap())
    }

    async fn send(&self, ask: &Ask, body: Bytes) -> io::Result<Answer> {
        let mut headers = ask.headers.clone();
        for name in ["host", "content-length", "transfer-encoding", "accept-encoding"] {
            headers.remove(name);
        }
        let mark = if ask.query.is_empty() { "" } else { "?" };
        let url = format!("{}{}{mark}{}", self.cloud, ask.path, ask.query);
        let method = ask.method.parse().map_err(io::Error::other)?;
        let sent = self.http.request(method, url).headers(headers).body(body).send().await;
        let answer = sent.map_err(io::Error::other)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.map_err(io::Error::other)?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { status, headers, body, cut: false })
    }
}
