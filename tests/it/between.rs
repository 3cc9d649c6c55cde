//! A server between a stack and its cloud: what passes is handed on, and may be changed on either way.

use crate::support::{World, put};
use crate::wire::server::{Answer, Request, Server};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Lets the manifest of that world mean such a server. Its answers have no headers but their length.
pub(crate) fn stand(
    world: &World,
    change: impl Fn(&mut Request) + Send + Sync + 'static,
    answer: impl Fn(&Request, Answer) -> Answer + Send + Sync + 'static,
) -> Server {
    let endpoint = world.cloud.endpoint.clone();
    let server = Server::start(move |request| {
        let mut request = request.clone();
        change(&mut request);
        let given = forwarded(&endpoint, &request);
        answer(&request, given)
    });
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    put(&manifest, text.replace(&world.cloud.endpoint, &server.endpoint));
    server
}

/// Hands a request on to the cloud.
fn forwarded(endpoint: &str, request: &Request) -> Answer {
    let address = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    // By HTTP/1.0, so that the body ends with the connection: by 1.1 it would come in chunks.
    let mut head = format!("{} {} HTTP/1.0\r\nhost: {address}\r\nconnection: close\r\n", request.method, request.path);
    for (name, value) in request.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "connection")) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(&[head.as_bytes(), b"\r\n", &request.body].concat()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&bytes[9..12]).parse().unwrap();
    Answer::new(status, &bytes[end + 4..])
}
