//! The body of an answer, sent as the service sends it: in pieces, without a length said before.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The most bytes of one piece (a choice).
const PIECE: usize = 32 * 1024;

/// A body whose length HTTP does not learn, so that it goes in chunks. Where there is none, that is said.
#[derive(Debug)]
pub(in crate::simulator) struct Streamed(Bytes);

impl Streamed {
    pub(super) fn new(bytes: Vec<u8>) -> Streamed {
        Streamed(bytes.into())
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.len().min(PIECE);
        Poll::Ready((next > 0).then(|| Ok(Frame::data(self.0.split_to(next)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.0.is_empty() { SizeHint::with_exact(0) } else { SizeHint::default() }
    }
}
