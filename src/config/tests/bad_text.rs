//! Text that cannot be read at all, and what a person reads, whole.

use pretty_assertions::assert_eq;

use super::{BEFORE, CLIENT, problems};
use crate::config::{parse, parse_bytes};

#[test]
fn text_that_is_no_toml() {
    for (text, expected) in [
        ("[profiles", "1:10 this is not TOML: unclosed table, expected `]`"),
        (
            "a = b",
            "1:5 this is not TOML: string values must be quoted, expected literal string | put quotes around text: key = \"value\"",
        ),
        ("\na = 1\na = 2", "3:1 this is not TOML: duplicate key | each key and each table stands once"),
    ] {
        assert_eq!(problems(text), [expected], "{text}");
        assert!(parse(text).profiles.profiles.is_empty());
    }
}

#[test]
fn bytes_that_are_no_utf8() {
    let parsed = parse_bytes(b"# \xe6\x97\xa5\n# ab\xff");
    let [problem] = parsed.problems.as_slice() else { panic!("{:?}", parsed.problems) };
    assert_eq!((problem.place.line, problem.place.column), (2, 5));
    assert_eq!(problem.what, "this is not UTF-8: the byte 0xFF cannot stand here");
    assert_eq!(parse_bytes(b"").problems, parse("").problems);
}

#[test]
fn text_that_is_too_long() {
    let long = "#".repeat(4 * 1024 * 1024 + 1);
    assert_eq!(problems(&long), ["0:0 the file has 4194305 bytes; 4194304 are the most that is read"]);
    assert_eq!(parse_bytes(long.as_bytes()).problems.len(), 1);
    let list = format!("{BEFORE}{CLIENT}scopes = [{}]", "'a',".repeat(1_001));
    assert_eq!(problems(&list), ["9:10 `scopes` in [profiles.x]: the list has 1001 entries; 1000 are the most"]);
}

#[test]
fn what_a_person_reads() {
    let text = "[profiles.tester]\nclient_idd = \"hunter2\"\nauth = \"none\"\n";
    let rendered: Vec<_> =
        parse(text).problems.iter().map(|problem| problem.render(|_| ("profiles.toml", text))).collect();
    insta::assert_snapshot!(rendered.join("\n\n"), @r#"
    profiles.toml:1:11: [profiles.tester] has no `provider`
      1 | [profiles.tester]
        |           ^^^^^^
      add provider = "NAME"

    profiles.toml:2:1: unknown key `client_idd` in [profiles.tester]
      2 | client_idd = ***
        | ^^^^^^^^^^
      did you mean `client_id`?
    "#);
    insta::assert_snapshot!(parse("\n").problems[0].render(|_| ("profiles.toml", "\n")), @r#"
    profiles.toml: there is no profile in this file
      a whole file can be as short as this:

      providers.shop.issuer = "https://login.example.com/realms/shop"
      profiles.me.provider = "shop"
      profiles.me.client_id = "my-client"
      profiles.me.client_secret = { env = "MY_CLIENT_SECRET" }
    "#);
}
