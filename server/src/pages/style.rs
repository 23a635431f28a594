//! The one style sheet. It stands in the page, and its hash in the page's policy, so that no other style applies.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{Markup, PreEscaped, html};

const SHEET: &str = "
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--ink:#1d2430;--soft:#5a6472;--line:#8a93a0;--accent:#0b5cad;--on-accent:#fff;--bad:#a8171b;--bad-ground:#fdeeee}
@media (prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1b212a;--ink:#e8ebf0;--soft:#a6b0bd;--line:#76818f;--accent:#7db8f5;--on-accent:#0b1420;--bad:#ffb1ae;--bad-ground:#3a1c1f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;background:var(--card);border-radius:.75rem;padding:1.75rem 1.5rem;box-shadow:0 1px 3px #0003;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input[type=text],input[type=password]{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.4rem}
.code{font:600 1.4rem/1.4 ui-monospace,monospace;letter-spacing:.12em}
input.code{text-transform:uppercase}
[aria-invalid=true]{border-color:var(--bad)!important}
.error{margin:1rem 0;padding:.6rem .8rem;border-left:.3rem solid var(--bad);background:var(--bad-ground);color:var(--bad);border-radius:.25rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}
button{flex:1 1 8rem;padding:.65rem 1rem;font:inherit;font-weight:600;border-radius:.4rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);cursor:pointer}
button.second{background:transparent;color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
ul{padding-left:1.2rem;margin:.5rem 0}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .5rem .25rem 0;font-weight:400}
thead th{color:var(--soft);font-size:.875rem}
code{font-family:ui-monospace,monospace}
";

static HASH: LazyLock<String> = LazyLock::new(|| {
    let hash = digest::digest(&digest::SHA256, SHEET.as_bytes());
    format!("sha256-{}", STANDARD.encode(hash))
});

pub(super) fn element() -> Markup {
    html! { style { (PreEscaped(SHEET)) } }
}

/// The sheet's hash as a policy names it (Content Security Policy Level 3, section 2.3.1).
pub(super) fn hash() -> &'static str {
    &HASH
}
