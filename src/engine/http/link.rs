//! A connection as hyper takes it, with what is to be said of it: how it was made, and how what came over it began.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::exchange::redact_text;

/// Bytes both ways, whatever is beneath.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// The first bytes that came.
#[derive(Clone, Default)]
pub(super) struct FirstBytes(Arc<Mutex<Vec<u8>>>);

impl FirstBytes {
    const KEPT: usize = 64;

    fn get(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether they are the beginning of an HTTP response.
    pub(super) fn are_http(&self) -> bool {
        self.get().starts_with(b"HTTP/")
    }

    /// Whether they are the beginning of a TLS record: an alert or a handshake (RFC 8446 section 5.1).
    pub(super) fn are_tls(&self) -> bool {
        matches!(self.get().as_slice(), [0x15 | 0x16, 3, ..])
    }

    /// The first line, when it is plain text.
    pub(super) fn said(&self) -> Option<String> {
        const SHOWN: usize = 40;
        let bytes = self.get();
        let line: String =
            bytes.split(|byte| b"\r\n".contains(byte)).next()?.iter().map(|byte| char::from(*byte)).collect();
        let plain = !line.is_empty() && line.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        plain.then(|| redact_text(&line).chars().take(SHOWN).collect())
    }
}

/// A stream that remembers how what it reads begins.
pub(super) struct Tap<S> {
    inner: S,
    first: FirstBytes,
    open: bool,
}

impl<S> Tap<S> {
    pub(super) fn on(inner: S) -> (Self, FirstBytes) {
        let first = FirstBytes::default();
        (Self { inner, first: first.clone(), open: true }, first)
    }

    fn take_in(&mut self, bytes: &[u8]) {
        let mut held = self.first.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = FirstBytes::KEPT.saturating_sub(held.len());
        held.extend(bytes.iter().take(room));
        self.open = held.len() < FirstBytes::KEPT;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        if self.open
            && let Some(bytes) = buf.filled().get(before..)
        {
            self.take_in(bytes);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }
}

/// Whether the server asked for a client certificate. It may say only later that it insists.
#[derive(Clone, Debug, Default)]
pub(super) struct AskedForCertificate(Arc<AtomicBool>);

impl AskedForCertificate {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What there is to say of a connection.
#[derive(Clone)]
pub(super) struct Facts {
    /// For the exchange's notes.
    pub(super) notes: Arc<[String]>,
    pub(super) first: FirstBytes,
    pub(super) asked: AskedForCertificate,
}

/// A connection that is ready for HTTP.
pub(super) struct Link {
    io: TokioIo<Tap<Box<dyn Stream>>>,
    facts: Facts,
    /// Whether it leads to a proxy that passes requests on.
    to_proxy: bool,
}

impl Link {
    pub(super) fn new(stream: Box<dyn Stream>, notes: Vec<String>, asked: AskedForCertificate, to_proxy: bool) -> Self {
        let (tap, first) = Tap::on(stream);
        Self { io: TokioIo::new(tap), facts: Facts { notes: notes.into(), first, asked }, to_proxy }
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.to_proxy).extra(self.facts.clone())
    }
}

impl Read for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
