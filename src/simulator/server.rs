//! Connections: HTTP/1.1 over TCP, each in its own task.

use super::exchange::{Late, Shared};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long connections may take to finish their answers when the server stops.
const GRACE: Duration = Duration::from_secs(1);

/// Accepts connections until told to stop; then finishes what is being answered.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, shared.clone(), stop.clone()));
                }
                // Out of file descriptors, or the client is gone already: it passes.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        connections.shutdown().await;
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>, stop: CancellationToken) {
    let Some(late) = talk(stream, &shared, &stop).await else { return };
    // The connection is closed now. Work that was not done when the server stops is never done.
    tokio::select! {
        biased;
        () = stop.cancelled() => return,
        () = tokio::time::sleep(late.after) => {}
    }
    shared.catch_up(*late).await;
}

/// Answers on a connection until it ends, and gives what a cut left to be done.
async fn talk(stream: TcpStream, shared: &Shared, stop: &CancellationToken) -> Option<Box<Late>> {
    // Small answers leave at once; a socket that cannot be told so works all the same.
    let _ = stream.set_nodelay(true);
    let late = Mutex::new(None);
    let service = service_fn(async |request| {
        shared.answer(request).await.map_err(|mut cut| {
            *late.lock().unwrap_or_else(PoisonError::into_inner) = cut.late.take();
            cut
        })
    });
    {
        let mut connection =
            pin!(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        // An error is a client that left or a connection that a fault rule cut: both are over now.
        let ended = tokio::select! {
            _ = connection.as_mut() => true,
            () = stop.cancelled() => false,
        };
        if !ended {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
    late.into_inner().unwrap_or_else(PoisonError::into_inner)
}
