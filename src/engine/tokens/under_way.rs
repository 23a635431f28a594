//! A renewal that is on its way. Each refresh token may be good for one use (RFC 9700 section 4.14.2): when a renewal is
//! cancelled, the provider may have answered already with the next one. So its answer is kept for whoever asks next.
//!
//! Imports siblings, `config` and `exchange` of this crate.

use std::pin::Pin;
use std::sync::Arc;

use crate::config::Connection;
use crate::engine::http::Http;
use crate::exchange::{Exchange, Request, Secret};

/// The renewal that was sent and not yet waited for to its end.
#[derive(Default)]
pub struct UnderWay(Option<Call>);

struct Call {
    refresh: Secret,
    answer: Pin<Box<dyn Future<Output = Exchange> + Send>>,
}

impl UnderWay {
    /// Waits for the answer to the renewal by this refresh token, and sends it first unless that was done before. Dropping
    /// the wait loses nothing.
    pub async fn send(
        &mut self,
        http: &Arc<Http>,
        refresh: &Secret,
        request: Request,
        connection: &Connection,
    ) -> Exchange {
        if let Some(call) = self.0.as_mut().filter(|call| call.refresh == *refresh) {
            let mut exchange = call.answer.as_mut().await;
            self.0 = None;
            // Without an answer it is worth another try at once.
            if exchange.outcome.is_ok() {
                exchange.notes.push("it was cancelled on the way; the answer was picked up later".to_owned());
                return exchange;
            }
        }
        let (http, connection) = (Arc::clone(http), connection.clone());
        let answer = Box::pin(async move { http.send(request, &connection).await });
        let exchange = self.0.insert(Call { refresh: refresh.clone(), answer }).answer.as_mut().await;
        self.0 = None;
        exchange
    }
}
