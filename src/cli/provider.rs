//! `tokenscope provider ISSUER|PROFILE`: what a provider offers, what is wrong with its document, and every key it
//! publishes.

use std::fmt::Write as _;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::output::{Paint, complain, print, table};
use super::{Exit, fail};
use crate::config::pasted;
use crate::engine::{Engine, ProviderOf, ProviderPage};
use crate::jwt::{CertificateRow, KeyRow, Severity, counted, shown};

#[derive(Args, Debug)]
pub struct ProviderArguments {
    /// An issuer's address or that of its discovery document, or the name of a profile
    #[arg(value_name = "ISSUER|PROFILE")]
    pub of: String,
    /// Print JSON: issuer, addresses, offers, findings, keys_from, keys
    #[arg(long)]
    pub json: bool,
}

pub async fn run(engine: &Engine, arguments: &ProviderArguments) -> anyhow::Result<Exit> {
    let of = if engine.profiles().profile(&arguments.of).is_some() {
        ProviderOf::Profile(arguments.of.clone())
    } else if arguments.of.contains("://") {
        ProviderOf::Issuer(issuer_in(&arguments.of))
    } else {
        complain(&format!(
            "{} {} is neither a profile nor an issuer's address such as https://id.example/realms/shop\n",
            Paint::for_stderr().bad("error:"),
            shown(&arguments.of, 200)
        ));
        return Ok(Exit::Usage);
    };
    let page = match engine.provider_page(&of).await {
        Ok(page) => page,
        Err(failure) => return Ok(fail(&failure)),
    };
    let rows = page.keys.as_ref().map(|keys| keys.rows.as_slice()).unwrap_or_default();
    if arguments.json {
        let value = json!({
            "issuer": page.metadata.issuer.as_str(),
            "addresses": addresses(&page).collect::<std::collections::BTreeMap<_, _>>(),
            "offers": page.offers,
            "findings": page.findings,
            "keys_from": page.keys.as_ref().ok().map(|keys| &keys.url),
            "keys": rows,
        });
        print(&format!("{value:#}\n"))?;
    } else {
        print(&for_people(&page, rows, Paint::for_stdout()))?;
    }
    if let Err(failure) = &page.keys {
        let exit = fail(failure);
        // A document of another issuer is an answer, and it is a no.
        return Ok(if page.metadata.issuer == page.asked { exit } else { Exit::No });
    }
    let is_wrong = page.findings.iter().any(|finding| finding.severity == Severity::Error);
    let is_useless = rows.iter().all(|row| row.unusable.is_some());
    Ok(if is_wrong || is_useless { Exit::No } else { Exit::Fine })
}

/// The issuer that an address means: itself, or the one before `/.well-known/..`, an endpoint or a console's page.
fn issuer_in(address: &str) -> String {
    let first = pasted::read(address).ok().and_then(|pasted| pasted.candidates.into_iter().next());
    let issuer = first.map_or_else(|| address.to_owned(), |candidate| candidate.issuer.to_string());
    if issuer != address {
        complain(&format!(
            "{} {} was taken for the issuer {}\n",
            Paint::for_stderr().warn(" note:"),
            shown(address, 200),
            shown(&issuer, 200)
        ));
    }
    issuer
}

fn for_people(page: &ProviderPage, rows: &[KeyRow], paint: Paint) -> String {
    let mut out = String::new();
    let issuer = shown(page.metadata.issuer.as_str(), 200);
    let _ = writeln!(out, "{}  from {}\n", paint.bold(&issuer), shown(&page.exchange.request.url, 300));
    let addresses: Vec<Vec<String>> =
        addresses(page).map(|(name, address)| vec![shown(name, 60), shown(address, 300)]).collect();
    if !addresses.is_empty() {
        let _ = write!(out, "{}\n{}\n", paint.bold("Addresses"), table(&addresses, "  "));
    }
    let offers: Vec<Vec<String>> = page
        .offers
        .iter()
        .map(|offer| {
            let values = offer.values.as_ref().map_or_else(|| "not said".to_owned(), |values| values.join(", "));
            vec![offer.of.to_owned(), shown(&values, 400)]
        })
        .collect();
    let _ = write!(out, "{}\n{}", paint.bold("Offers"), table(&offers, "  "));
    if !page.findings.is_empty() {
        let _ = writeln!(out, "\n{}", paint.bold("Findings"));
        for finding in &page.findings {
            let severity = match finding.severity {
                Severity::Error => paint.bad("error  "),
                Severity::Warning => paint.warn("warning"),
                Severity::Info => paint.dim("info   "),
            };
            let _ = writeln!(out, "  {severity}  {}: {}", finding.id, finding.message);
            let _ = writeln!(out, "           {} ({})", finding.remedy, finding.reference);
        }
    }
    if let Ok(keys) = &page.keys {
        let count = counted(rows.len(), "key", "keys");
        let _ = write!(out, "\n{}  {count} from {}\n{}", paint.bold("Keys"), shown(&keys.url, 300), keys_table(rows));
    }
    out
}

/// The endpoints and other addresses that the document names.
fn addresses(page: &ProviderPage) -> impl Iterator<Item = (&str, &str)> {
    let named = page.metadata.document.iter().filter(|(name, _)| name.ends_with("_endpoint") || name.ends_with("_uri"));
    named.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

fn keys_table(rows: &[KeyRow]) -> String {
    let said = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), |text| shown(text, 60));
    let mut lines =
        vec![["kid", "kty", "alg", "use", "bits", "thumbprint", "certificate", ""].map(str::to_owned).to_vec()];
    for row in rows {
        let kty =
            row.crv.as_ref().map_or_else(|| said(&row.kty), |crv| format!("{} {}", said(&row.kty), shown(crv, 20)));
        let bits = row.size_bits.map_or_else(|| "-".to_owned(), |bits| bits.to_string());
        let usable = row.unusable.as_ref().map_or_else(|| "usable".to_owned(), |why| format!("not usable: {why}"));
        let verdict: Vec<&str> = std::iter::once(&usable).chain(&row.remarks).map(String::as_str).collect();
        lines.push(vec![
            said(&row.kid),
            kty,
            said(&row.alg),
            said(&row.use_),
            bits,
            said(&row.thumbprint),
            row.certificate.as_ref().map_or_else(|| "-".to_owned(), certificate),
            verdict.join("; "),
        ]);
    }
    table(&lines, "  ")
}

/// From when until when it is good, by the day.
fn certificate(certificate: &CertificateRow) -> String {
    let day =
        |time: Option<Timestamp>| time.map_or_else(|| "?".to_owned(), |time| time.strftime("%Y-%m-%d").to_string());
    format!("{} to {}", day(certificate.begins), day(certificate.ends))
}
