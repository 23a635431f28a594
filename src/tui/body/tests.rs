//! Bodies of every form: laid out as a library would, masked, bounded, whatever the bytes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "a test may stop at the first surprise"
)]
use std::fmt::Write as _;

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;
use crate::exchange::Completeness;

fn response(body: &[u8], media: &str) -> Response {
    Response {
        status: 200,
        headers: vec![("Content-Type".into(), media.into())],
        body: body.to_vec(),
        completeness: Completeness::Whole,
    }
}

fn shown(body: &str) -> Vec<String> {
    let body = Body::of(&response(body.as_bytes(), "application/json"));
    let window = body.window(0, usize::MAX, false);
    assert_eq!(window.len(), body.len());
    window.iter().map(BodyLine::plain).collect()
}

#[test]
fn json_is_laid_out() {
    let text = r#"{"message" :"a, {b}","n":[1, -2.5e3,true ],"e":{ },"l":[],"deep":{"x":[{"y":null}]}}"#;
    let expected = r#"{
  "message": "a, {b}",
  "n": [
    1,
    -2.5e3,
    true
  ],
  "e": {},
  "l": [],
  "deep": {
    "x": [
      {
        "y": null
      }
    ]
  }
}"#;
    assert_eq!(shown(text).join("\n"), expected);
}

#[test]
fn json_that_was_cut_is_laid_out_as_far_as_it_goes() {
    assert_eq!(shown(r#"{"a":[1,"two","#), ["{", "  \"a\": [", "    1,", "    \"two\","]);
}

#[test]
fn other_text_stays_as_it_is() {
    assert_eq!(shown("<html>\r\n\tx\n\n{nojson}"), ["<html>", "    x", "", "{nojson}"]);
    assert_eq!(shown("{broken: 1}"), ["{broken: 1}"]);
}

#[test]
fn bytes_are_an_excerpt_with_their_size() {
    let body: Vec<u8> = (0..=255).cycle().take(3_000).collect();
    let lines = Body::of(&response(&body, "application/octet-stream"));
    assert_eq!((lines.kind(), lines.len()), (Kind::Binary, 32));
    let window = lines.window(4, 1, false);
    assert_eq!(window[0].plain(), "000040  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO");
    assert_eq!(lines.remark().unwrap(), "binary, 3.0 kB; the first 512 bytes are shown");
}

#[test]
fn tokens_and_credentials_are_masked_until_revealed() {
    let text = r#"{"access_token":"opaque","echo":"Bearer eyJh.eyJz.c2ln"}"#;
    let lines = shown(text).join("\n");
    assert!(!lines.contains("opaque") && !lines.contains("c2ln"), "{lines}");
    assert!(lines.contains("\"‹access_token #") && lines.contains("Bearer ‹token #"), "{lines}");
    let revealed = Body::of(&response(text.as_bytes(), "application/json")).window(0, 9, true);
    assert!(revealed.iter().any(|line| line.plain().contains("eyJh.eyJz.c2ln")));
}

#[test]
fn a_long_line_says_how_much_more_there_is_and_hides_no_half_token() {
    let mut body = String::from("{\"long\":\"");
    body.push_str(&"x ".repeat(2_040));
    write!(body, "eyJh.{}.c2lnbmF0dXJl {}\"}}", "p".repeat(3_000), "y ".repeat(40_000)).unwrap();
    let window = Body::of(&response(body.as_bytes(), "application/json")).window(0, 9, false);
    assert_eq!(window.len(), 3);
    assert!(window[1].more > 70_000, "{}", window[1].more);
    assert!(window[1].plain().ends_with('›') && !window[1].plain().contains("ppp"));
    assert_eq!(window[2].plain(), "}");
}

#[test]
fn find_goes_round() {
    let body = Body::of(&response(b"a\nb\na\nc", "text/plain"));
    let find = |from, forward, text: &str| body.find(from, forward, |row| row == text);
    assert_eq!(find(1, true, "a"), Some(2));
    assert_eq!(find(3, true, "a"), Some(0));
    assert_eq!(find(1, false, "a"), Some(0));
    assert_eq!(find(1, false, "c"), Some(3));
    assert_eq!(find(1, true, "z"), None);
}

#[test]
fn a_long_line_of_text_is_broken() {
    let long = "ä ".repeat(50_000);
    let body = Body::of(&response(long.as_bytes(), "text/plain"));
    let window = body.window(0, usize::MAX, false);
    assert!(window.len() > 30 && window.iter().all(|line| line.more == 0));
    assert_eq!(window.iter().map(BodyLine::plain).collect::<String>(), long);
}

#[test]
fn a_large_body_costs_little_beside_itself() {
    let body = format!("[{}]", vec!["1"; 1_000_000].join(","));
    let lines = Body::of(&response(body.as_bytes(), "application/json"));
    assert_eq!(lines.len(), 1_000_002);
    assert!(lines.marks.len() * size_of::<Mark>() < body.len() / 4);
    let last = lines.window(1_000_000, 5, false);
    assert_eq!(last.iter().map(BodyLine::plain).collect::<Vec<_>>(), ["  1", "]"]);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "[a-z \"\\\\{}\\[\\],:\n漢]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 80, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec(("[a-z\"\\\\,:{}]{0,6}", inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// The layout is that of a JSON library, whatever the spelling, and a window anywhere shows the same lines.
    #[test]
    fn the_layout_is_the_librarys(value in json().prop_filter("brackets", |v| v.is_object() || v.is_array()), first in 0_usize..200) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(shown(&value.to_string()).join("\n"), pretty.clone());
        prop_assert_eq!(shown(&pretty).join("\n"), pretty.clone());
        let window = Body::of(&response(pretty.as_bytes(), "application/json")).window(first, 3, false);
        let window: Vec<_> = window.iter().map(BodyLine::plain).collect();
        let expected: Vec<_> = pretty.lines().skip(first).take(3).collect();
        prop_assert_eq!(window, expected);
    }

    #[test]
    fn any_bytes_can_be_shown(body in prop::collection::vec(any::<u8>(), 0..400), first in 0_usize..50) {
        let _ = Body::of(&response(&body, "application/json")).window(first, 9, false);
        let marks = vec![Mark { line: 0, place: Place::default() }];
        let _ = Body { kind: Kind::Json, bytes: body, lines: 0, marks }.window(first, 9, false);
    }
}
