//! What stands between evsctl and the embedded cloud in these tests: a front that speaks TLS, with certificates of an
//! authority of its own, and a proxy that connects whatever host it is asked for to it.

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A certificate authority.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

/// What is odd about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    Nothing,
    Expired,
    NotYet,
}

impl Authority {
    pub(super) fn new(name: &str) -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let folder = tempfile::tempdir().unwrap();
        crate::support::put(&folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem());
        Authority { issuer: Issuer::new(params, key), folder }
    }

    /// The file of its own certificate.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A server that shows a certificate for these hosts and offers these protocols.
    pub(super) fn server(&self, hosts: &[&str], odd: Odd, protocols: &[&str]) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(hosts.iter().map(|&it| it.to_owned()).collect::<Vec<_>>()).unwrap();
        match odd {
            Odd::Nothing => {}
            Odd::Expired => params.not_after = rcgen::date_time_ymd(2024, 1, 1),
            Odd::NotYet => params.not_before = rcgen::date_time_ymd(4000, 1, 1),
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        config
    }
}

/// A request that came through a front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Which of its connections carried it, from 1.
    pub(super) connection: usize,
    pub(super) version: hyper::Version,
    pub(super) method: String,
    pub(super) host: String,
    pub(super) path: String,
}

/// What a front has seen.
#[derive(Debug, Default)]
struct Log {
    accepted: usize,
    requests: Vec<Seen>,
    /// Handshakes that came to nothing.
    failed: Vec<String>,
}

/// A front with TLS before a cloud. It ends when dropped.
pub(super) struct Front {
    pub(super) port: u16,
    log: Arc<Mutex<Log>>,
    _runtime: tokio::runtime::Runtime,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn listen(runtime: &tokio::runtime::Runtime) -> (TcpListener, u16) {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

impl Front {
    /// Before the cloud at that address.
    pub(super) fn before(cloud: &str, config: ServerConfig) -> Front {
        let runtime = runtime();
        let (listener, port) = listen(&runtime);
        let log = Arc::new(Mutex::new(Log::default()));
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let behind = Behind { cloud: cloud.to_owned(), http, log: log.clone() };
        runtime.spawn(async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(behind.clone().connection(stream, acceptor.clone()));
            }
        });
        Front { port, log, _runtime: runtime }
    }

    /// How many connections were accepted.
    pub(super) fn accepted(&self) -> usize {
        self.log.lock().unwrap().accepted
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.log.lock().unwrap().requests.clone()
    }

    pub(super) fn failed(&self) -> Vec<String> {
        self.log.lock().unwrap().failed.clone()
    }
}

#[derive(Clone)]
struct Behind {
    cloud: String,
    http: reqwest::Client,
    log: Arc<Mutex<Log>>,
}

impl Behind {
    async fn connection(self, stream: TcpStream, acceptor: TlsAcceptor) {
        let number = {
            let mut log = self.log.lock().unwrap();
            log.accepted += 1;
            log.accepted
        };
        let stream = match acceptor.accept(stream).await {
            Ok(stream) => stream,
            Err(error) => return self.log.lock().unwrap().failed.push(error.to_string()),
        };
        let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let behind = self.clone();
        let service = service_fn(move |request| behind.clone().pass(number, request));
        let stream = TokioIo::new(stream);
        // A connection that the cloud has cut is cut towards the client too.
        let _ = if two {
            hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await
        } else {
            hyper::server::conn::http1::Builder::new().serve_connection(stream, service).await
        };
    }

    async fn pass(
        self,
        connection: usize,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, reqwest::Error> {
        let (parts, body) = request.into_parts();
        let named = parts.headers.get("host").and_then(|it| it.to_str().ok()).map(str::to_owned);
        let host = named.or_else(|| parts.uri.authority().map(ToString::to_string)).unwrap();
        let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
        self.log.lock().unwrap().requests.push(Seen {
            connection,
            version: parts.version,
            method: parts.method.to_string(),
            host: host.clone(),
            path: path.clone(),
        });
        let mut headers = parts.headers;
        headers.insert("host", host.parse().unwrap());
        let body = body.collect().await.map(|it| it.to_bytes()).unwrap_or_default();
        let request = self.http.request(parts.method, format!("{}{path}", self.cloud)).headers(headers).body(body);
        let answer = request.send().await?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            if !matches!(name.as_str(), "connection" | "transfer-encoding" | "content-length" | "keep-alive") {
                response = response.header(name, value);
            }
        }
        Ok(response.body(Full::new(answer.bytes().await?)).unwrap())
    }
}

/// A proxy that connects every host that is asked for to one port here. It ends when dropped.
pub(super) struct Proxy {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Proxy {
    /// One that asks nobody who they are.
    pub(super) fn to(port: u16) -> Proxy {
        Proxy::start(None, port)
    }

    /// One that wants this `Proxy-Authorization`.
    pub(super) fn wanting(authorization: &'static str, port: u16) -> Proxy {
        Proxy::start(Some(authorization), port)
    }

    fn start(wanted: Option<&'static str>, port: u16) -> Proxy {
        let runtime = runtime();
        let (listener, own) = listen(&runtime);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connect(stream, wanted, port, heard.clone()));
            }
        });
        Proxy { port: own, asked, _runtime: runtime }
    }

    /// The first lines of what it was asked.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn connect(mut client: TcpStream, wanted: Option<&'static str>, port: u16, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8192 {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    asked.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
    if !head.starts_with("CONNECT ") {
        let _ = client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n").await;
        return;
    }
    let given = head.lines().filter_map(|line| line.split_once(": "));
    let given =
        given.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization")).map(|(_, value)| value).next();
    if wanted.is_some() && given != wanted {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"proxy\"\r\ncontent-length: 0\r\n\r\n";
        let _ = client.write_all(refusal.as_bytes()).await;
        return;
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    if client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}

/// Writes an endpoint into a stack's manifest.
pub(super) fn endpoint(folder: &Path, from: &str, to: &str) {
    let manifest = folder.join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    assert!(text.contains(from), "{text}");
    crate::support::put(&manifest, text.replace(from, to));
}
