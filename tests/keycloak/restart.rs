//! Keycloak ends and comes back in the middle of a session: what was good stays good.

use std::path::Path;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;

use crate::bundled::Bundled;
use crate::http::{Answer, Request, Server};
use crate::support::Place;

/// Between two calls: Keycloak needs the machine too.
const PACE: Duration = Duration::from_millis(20);

pub async fn mid_session(keycloak: &Server) -> Result<String, String> {
    let bundled = Bundled::api_behind(keycloak.issuer.as_str()).await;
    let api = Server::at(&bundled.api);
    let place = Place::with(&profiles(keycloak.issuer.as_str(), &bundled.api));
    let tokens = ask(keycloak, "grant_type=password&username=alice&password=alice&scope=openid+test_api_access").await;
    let (access, refresh) = (tokens.text("access_token").expect("a token"), tokens.text("refresh_token").expect("one"));
    let request = Request::get("/api/private-scoped").header("authorization", &format!("Bearer {access}"));
    assert_eq!(api.send(&request).await.status, 200);

    assert!(run("stop").await.expect("the script").success(), "Keycloak did not end");
    place.run(&["token", "tester"]).code(3).says(keycloak.issuer.authority());
    let (mut count, mut ticks) = (0, tokio::time::interval(PACE));
    let mut restart = run("restart");
    let ended = loop {
        tokio::select! {
            ended = &mut restart => break ended.expect("the script"),
            _ = ticks.tick() => {
                count += 1;
                let answer = api.send(&request).await;
                if answer.status != 200 {
                    return Err(format!("call {count} while Keycloak was away was answered {}", answer.status));
                }
            }
        }
    };
    assert!(ended.success(), "Keycloak did not start again");
    assert_eq!(api.send(&request).await.status, 200, "the token from before is still good");
    place.run(&["probe", "tester", "private-scoped"]).code(0);
    let renewed = ask(keycloak, &format!("grant_type=refresh_token&refresh_token={refresh}")).await;
    if renewed.status != 200 {
        return Err(format!("the refresh token from before: {} {}", renewed.status, renewed.body));
    }
    Ok(format!("{count} calls while Keycloak was away, none refused; the session could be renewed after it"))
}

/// The shipped profiles with another provider and API; nothing is there to be started in their place.
fn profiles(issuer: &str, api: &str) -> String {
    let shipped = tokenscope::config::DEMO_TEXT.lines().filter(|line| !line.starts_with("embedded"));
    let text = shipped.collect::<Vec<_>>().join("\n");
    text.replace("http://localhost:8001/realms/myorg", issuer).replace("http://localhost:50100", api)
}

/// The script that starts and stops it.
fn run(verb: &str) -> Pin<Box<dyn Future<Output = std::io::Result<ExitStatus>>>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keycloak/run");
    let mut command = Command::new(script);
    command.arg(verb).stdout(Stdio::null());
    Box::pin(async move { command.status().await })
}

async fn ask(keycloak: &Server, form: &str) -> Answer {
    let form = format!("{form}&client_id=demo-web&client_secret=demo-web-secret");
    keycloak.send(&Request::form(&format!("{}/protocol/openid-connect/token", keycloak.issuer.path()), form)).await
}
