//! Which module may import which, held by reading the sources.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folder, and what no file in it may name.
const RULES: [(&str, &[&str]); 5] = [
    ("src/resource", &["crate::authorization", "crate::realm", "crate::pages", "super::super"]),
    ("src/pages", &["crate::authorization", "crate::realm", "crate::resource", "tokio", "super::super"]),
    ("src/authorization", &["crate::resource", "super::super"]),
    ("src/realm", &["crate::authorization", "crate::resource", "axum", "reqwest", "hyper", "tokio", "super::super"]),
    // The explorer is `tokenscope`; this crate calls itself `crate` or, in documentation, `tokenscope_server`.
    ("src", &["tokenscope::"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The paths of all `use` declarations, braces taken apart, and the paths written out in the code.
fn names(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = Vec::new();
    let mut rest = code.as_str();
    while let Some(at) = rest.find("use ") {
        let begins_word = rest[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ')');
        rest = &rest[at + 4..];
        if begins_word && let Some(end) = rest.find(';') {
            let declared: String = rest[..end].split_whitespace().collect();
            expand("", &declared, &mut names);
        }
    }
    names.extend(code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).map(str::to_owned));
    names
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expand(before: &str, declared: &str, names: &mut Vec<String>) {
    let (mut depth, mut start) = (0, 0);
    let mut parts = Vec::new();
    for (at, c) in declared.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&declared[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&declared[start..]);
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((path, inner)) => expand(&format!("{before}{path}"), inner.strip_suffix('}').unwrap_or(inner), names),
            None => names.push(format!("{before}{part}")),
        }
    }
}

fn breaks(name: &str, forbidden: &str) -> bool {
    name.strip_prefix(forbidden)
        .is_some_and(|rest| rest.is_empty() || forbidden.ends_with(':') || rest.starts_with("::"))
}

#[test]
fn no_module_imports_what_it_must_not_know() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (folder, forbidden) in RULES {
        let files = sources(&root.join(folder));
        assert!(!files.is_empty(), "{folder} has no sources");
        for file in files {
            for name in names(&fs::read_to_string(&file).unwrap()) {
                if forbidden.iter().any(|forbidden| breaks(&name, forbidden)) {
                    found.push(format!("{}: {name}", file.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_manifest_does_not_depend_on_the_explorer() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let dependency = |line: &str| {
        line.starts_with("tokenscope ") || line.starts_with("tokenscope=") || line.starts_with("tokenscope.")
    };
    assert!(!manifest.lines().any(dependency));
}

#[test]
fn use_declarations_are_read_whole() {
    let names = names("use a::{b, c::{d, e}};\npub(crate) use f::g;\nfn h() { crate::authorization::x() }");
    for name in ["a::b", "a::c::d", "a::c::e", "f::g", "crate::authorization::x"] {
        assert!(names.iter().any(|found| found == name), "{name} in {names:?}");
    }
    assert!(breaks("crate::authorization::x", "crate::authorization"));
    assert!(!breaks("crate::authorization_x", "crate::authorization"));
}
