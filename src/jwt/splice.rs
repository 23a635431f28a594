//! Changes of single members of a JSON object that leave every other byte of it as it is: names with their escapes, numbers,
//! order and blanks.
//!
//! Pure: imports only the `jwt` module's own files.

use std::borrow::Cow;

use serde_json::Value;

use super::raw;

/// A JSON object cut into its members, so that nothing of its text is left out.
struct Pieces<'a> {
    members: Vec<Member<'a>>,
    /// What stands behind the last member; the whole text when there is none.
    end: Cow<'a, str>,
}

struct Member<'a> {
    /// The name as it is read.
    name: String,
    /// The brace or the comma before the member, with the blanks around it.
    before: Cow<'a, str>,
    /// The name as it is written, without its quotes.
    written: Cow<'a, str>,
    /// The colon, with the blanks around it.
    colon: &'a str,
    value: Cow<'a, str>,
}

impl<'a> Pieces<'a> {
    fn of(json: &'a str) -> Result<Self, serde_json::Error> {
        let mut rest = json;
        let mut members = Vec::new();
        for (name, value) in raw::members(json)? {
            // A raw value is a slice of the text it was read from, so where it lies tells how much stands before it.
            let start = value.get().as_ptr().addr().saturating_sub(rest.as_ptr().addr());
            let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
            // Between two values stand a comma, one name in quotes and a colon.
            let (before, quoted) = before.split_once('"').unwrap_or((before, ""));
            let (written, colon) = quoted.rsplit_once('"').unwrap_or((quoted, ""));
            rest = from.get(value.get().len()..).unwrap_or_default();
            let (before, written, value) = (before.into(), written.into(), value.get().into());
            members.push(Member { name, before, written, colon, value });
        }
        Ok(Self { members, end: rest.into() })
    }

    /// Adds a member at the end, laid out like the last one.
    fn push(&mut self, name: &str, value: String) {
        let quoted = Value::from(name).to_string();
        let written = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
        let (before, colon) = match self.members.last() {
            Some(last) => (format!(",{}", last.before.rsplit([',', '{']).next().unwrap_or_default()), last.colon),
            None => {
                let end = self.end.to_string();
                let (before, after) = end.split_once('{').unwrap_or(("", &end));
                self.end = Cow::Owned(after.to_owned());
                (format!("{before}{{"), ":")
            }
        };
        let (before, written) = (before.into(), written.to_owned().into());
        self.members.push(Member { name: name.to_owned(), before, written, colon, value: value.into() });
    }

    fn text(&self) -> String {
        let member =
            |Member { before, written, colon, value, .. }: &Member<'_>| format!("{before}\"{written}\"{colon}{value}");
        let mut text: String = self.members.iter().map(member).collect();
        text.push_str(&self.end);
        text
    }
}

/// The object with another JSON text as the value of each member for which there is one, each in its own place.
pub(super) fn with_values(
    json: &str,
    value_for: impl Fn(&str, &str) -> Option<String>,
) -> Result<String, serde_json::Error> {
    let mut pieces = Pieces::of(json)?;
    for member in &mut pieces.members {
        if let Some(value) = value_for(&member.name, &member.value) {
            member.value = value.into();
        }
    }
    Ok(pieces.text())
}

/// The object with this member set to the JSON text `raw`: where it is there, else at the end. Where the name stands twice,
/// each one is set: readers differ in which one they take (RFC 7519 section 4), and none of them must find the old value.
pub(super) fn with_member(json: &str, name: &str, raw: &str) -> Result<String, serde_json::Error> {
    let mut pieces = Pieces::of(json)?;
    let mut is_there = false;
    for member in pieces.members.iter_mut().filter(|member| member.name == name) {
        member.value = Cow::Owned(raw.to_owned());
        is_there = true;
    }
    if !is_there {
        pieces.push(name, raw.to_owned());
    }
    Ok(pieces.text())
}

/// The object without the members of this name.
pub(super) fn without_member(json: &str, name: &str) -> Result<String, serde_json::Error> {
    let mut pieces = Pieces::of(json)?;
    let Some(opening) = pieces.members.first().map(|first| first.before.clone()) else { return Ok(json.to_owned()) };
    pieces.members.retain(|member| member.name != name);
    match pieces.members.first_mut() {
        Some(first) => first.before = opening,
        None => pieces.end = format!("{opening}{}", pieces.end).into(),
    }
    Ok(pieces.text())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    /// Names with quotes, braces, commas and escapes, and a value that looks like a name.
    const ODD: &str =
        " {\r\n\t\"\\u0065xp\" : 1.10 ,\"b,\\\"{:\":\"\\\"exp\\\":7\",\n \"exp\":{ \"exp\" : 2 } , \"\": [ ] } \n";

    #[test]
    fn a_value_is_changed_and_no_other_byte() {
        assert_eq!(with_member("{ \"a\" : 1,\n \"b\":2 }", "a", "3").unwrap(), "{ \"a\" : 3,\n \"b\":2 }");
        assert_eq!(
            with_member(ODD, "exp", "0").unwrap(),
            ODD.replace("1.10", "0").replace("{ \"exp\" : 2 }", "0"),
            "each one of the name, by whatever escapes"
        );
        assert_eq!(with_member(ODD, "", "[1]").unwrap(), ODD.replace("[ ]", "[1]"));
        assert!(with_member("[]", "a", "1").is_err() && with_member("{\"a\":1", "a", "1").is_err());
    }

    #[test]
    fn a_new_member_is_laid_out_like_the_last() {
        for (json, with) in [
            ("{}", r#"{"a\"":[1]}"#),
            (" { } ", " {\"a\\\"\":[1] } "),
            (r#"{"b":1}"#, r#"{"b":1,"a\"":[1]}"#),
            (r#"{ "b": 1 }"#, r#"{ "b": 1, "a\"": [1] }"#),
            ("{\n  \"b\": 1,\n  \"c\": 2\n}\n", "{\n  \"b\": 1,\n  \"c\": 2,\n  \"a\\\"\": [1]\n}\n"),
        ] {
            assert_eq!(with_member(json, "a\"", "[1]").unwrap(), with);
        }
    }

    #[test]
    fn a_member_is_taken_out_with_its_comma() {
        for (json, without) in [
            (r#"{ "a":1, "b":2 }"#, r#"{ "b":2 }"#),
            (r#"{ "b":2 , "a":1 }"#, r#"{ "b":2 }"#),
            (r#"{"a":1,"b":1.0,"\u0061":3, "c":4}"#, r#"{"b":1.0, "c":4}"#),
            (r#"{"a":1,"a":2}"#, "{}"),
            (r#"{"b":{"a":1}}"#, r#"{"b":{"a":1}}"#),
            ("{ }", "{ }"),
        ] {
            assert_eq!(without_member(json, "a").unwrap(), without);
        }
        assert!(without_member("[]", "a").is_err());
    }

    #[test]
    fn what_is_cut_is_whole_again() {
        for json in [ODD, "{}", " { }\n", r#"{"ü":"ü","日":{"a":[]}}"#] {
            assert_eq!(Pieces::of(json).unwrap().text(), json);
            assert_eq!(with_values(json, |_, _| None).unwrap(), json);
            assert_eq!(without_member(json, "nobody").unwrap(), json);
        }
    }

    proptest! {
        #[test]
        fn names_and_values_of_any_letters_keep_their_place(
            members in proptest::collection::vec((any::<String>(), any::<String>()), 0..6), blank in "[ \n\t]{0,2}",
        ) {
            let member = |(name, value): &(String, String)| {
                format!("{blank}{}{blank}:{blank}{}{blank}", Value::from(name.as_str()), Value::from(value.as_str()))
            };
            let json = format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","));
            prop_assert_eq!(Pieces::of(&json).unwrap().text(), json.clone());
            for (name, _) in &members {
                let set: Vec<(String, String)> = members
                    .iter()
                    .map(|(known, value)| (known.clone(), if known == name { "x" } else { value }.to_owned()))
                    .collect();
                let wanted = format!("{{{}}}", set.iter().map(member).collect::<Vec<_>>().join(","));
                prop_assert_eq!(with_member(&json, name, "\"x\"").unwrap(), wanted);
            }
        }
    }
}
