//! The key file: private, shared by processes that start at once, and never replaced when damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::{fs, path::Path, sync::Barrier, thread};

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use tempfile::TempDir;
use tokenscope_server::{
    authorization::AuthorizationServer,
    realm::{KeyFile, KeyFileError, Realm},
};
use tower::ServiceExt as _;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn keys_outlive_the_process() {
    let folder = TempDir::new().unwrap();
    let file = KeyFile::at(folder.path().join("deep/er/keys.json"));
    let first = file.load_or_create().unwrap().active_kid().to_owned();
    assert_eq!(file.load_or_create().unwrap().active_kid(), first);
    assert_eq!(names(file.path().parent().unwrap()), ["keys.json", "keys.json.lock"], "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let file = KeyFile::at(folder.path().join("new/keys.json"));
    file.load_or_create().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file.path()), 0o600);
    assert_eq!(mode(file.path().parent().unwrap()), 0o700);
}

#[test]
fn starters_at_the_same_time_get_the_same_keys() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    let start = Barrier::new(8);
    let kids: Vec<String> = thread::scope(|scope| {
        let starters: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let file = KeyFile::at(&path);
                    start.wait();
                    file.load_or_create().unwrap().active_kid().to_owned()
                })
            })
            .collect();
        starters.into_iter().map(|starter| starter.join().unwrap()).collect()
    });
    assert!(kids.windows(2).all(|pair| matches!(pair, [one, other] if one == other)), "{kids:?}");
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    let file = KeyFile::at(&path);
    file.load_or_create().unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let half = good.split_at(good.len() / 2).0.to_owned();
    let not_a_key = good.replacen("MII", "AAA", 1);
    for (damaged, why) in [
        (String::new(), "ends early"),
        (half, "ends early"),
        ("keys".to_owned(), "not JSON"),
        ("{\"signing\": 7}".to_owned(), "another type"),
        ("{\"signing\": \"?\", \"encryption\": \"?\"}".to_owned(), "not base64"),
        (not_a_key, "PKCS#8"),
    ] {
        fs::write(&path, &damaged).unwrap();
        let error = file.load_or_create().unwrap_err();
        assert!(matches!(error, KeyFileError::Damaged { .. }), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains(why) && message.contains("keys.json") && message.contains("move it away"),
            "{message}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged, "it was changed");
    }
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(file.load_or_create().unwrap_err(), KeyFileError::Damaged { .. }));
}

/// A server that runs keeps its keys when the file is damaged or gone, and rotation does not replace a damaged one.
#[tokio::test]
async fn a_running_server_outlives_its_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    let keys = KeyFile::at(&path).load_or_create().unwrap();
    let kid = keys.active_kid().to_owned();
    let server = AuthorizationServer::new(Realm::built_in(), keys, "http://localhost:1/realms/myorg".to_owned());
    let published = async || {
        let request = Request::get("/realms/myorg/protocol/openid-connect/certs").body(Body::empty()).unwrap();
        let body = server.router().oneshot(request).await.unwrap().into_body();
        String::from_utf8(to_bytes(body, 65536).await.unwrap().to_vec()).unwrap()
    };
    fs::write(&path, "{ damaged").unwrap();
    assert!(published().await.contains(&kid));
    assert!(server.rotate_keys().await.unwrap_err().to_string().contains("damaged"));
    assert!(published().await.contains(&kid), "a rotation that failed changes nothing");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{ damaged");
    fs::remove_file(&path).unwrap();
    assert!(published().await.contains(&kid));
    let new = server.rotate_keys().await.unwrap();
    assert!(published().await.contains(&kid) && published().await.contains(&new));
    assert_eq!(KeyFile::at(&path).load_or_create().unwrap().active_kid(), new, "the file is there again");
}

#[test]
fn a_place_that_cannot_be_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = KeyFile::at(folder.path().join("file/keys.json")).load_or_create().unwrap_err();
    assert!(matches!(error, KeyFileError::Io { .. }) && error.to_string().contains("file/keys.json"), "{error}");
}
