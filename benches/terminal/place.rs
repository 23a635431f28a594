//! Folders with profiles on ports of their own, and an API whose answer is ten megabytes of JSON.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::support::Place;

/// Stands in the first lines of the large body.
pub const LARGE_BODY_BEGINS: &str = "it begins here";
/// Stands in the last lines of the large body.
pub const LARGE_BODY_ENDS: &str = "it ends here";

/// The demo's profiles, where the program starts the bundled server itself, and as endpoint 4 the large body.
pub fn with_bundled_server(large: &LargeBody) -> Place {
    let place = Place::demo();
    let text = profiles_of(&place);
    let port = large.port;
    place.write(format!(
        "{text}
[apis.large]
provider = \"demo\"
base_url = \"http://localhost:{port}\"

[[apis.large.endpoints]]
name = \"large\"
path = \"/large\"
requires = \"none\"
"
    ));
    place
}

/// The same profiles, where the program starts no server.
pub fn without_server() -> Place {
    let place = Place::demo();
    place.write(profiles_of(&place).replace("embedded = true", "embedded = false"));
    place
}

fn profiles_of(place: &Place) -> String {
    let text = tokenscope::config::DEMO_TEXT;
    text.replace("localhost:8001", &format!("localhost:{}", place.auth_port))
        .replace("localhost:50100", &format!("localhost:{}", place.api_port))
}

/// An API that answers with a large body as long as the runtime lives.
pub struct LargeBody {
    pub port: u16,
    pub megabytes: f64,
}

impl LargeBody {
    pub async fn serve() -> anyhow::Result<Self> {
        let text = large_json().to_string();
        #[allow(clippy::cast_precision_loss, reason = "some ten million")]
        let megabytes = text.len() as f64 / 1e6;
        let text = axum::body::Bytes::from(text);
        let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], text) };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/large", get(answer))).await });
        Ok(Self { port, megabytes })
    }
}

/// About ten megabytes, the way APIs write lists: many small objects.
fn large_json() -> Value {
    let item = |number: u32| {
        json!({
            "id": number,
            "name": format!("Order {number}"),
            "customer": { "name": "Grüße, 東京 & Cie", "since": "2019-04-01T12:00:00Z", "active": number.is_multiple_of(3) },
            "lines": [number, number * 2, number * 3],
            "total": f64::from(number) / 7.0,
            "note": null,
        })
    };
    json!({ "first": LARGE_BODY_BEGINS, "orders": (0..54_000).map(item).collect::<Vec<_>>(), "last": LARGE_BODY_ENDS })
}
