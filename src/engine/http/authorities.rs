//! The certificates that `ca` names, to be trusted besides the system's: a PEM file, or a folder of them.

use std::fs::Metadata;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _, SectionKind};

use crate::config::Profiles;
use crate::exchange::NoAnswer;

/// A longer file holds something else.
const BOUND: u64 = 4 * 1024 * 1024;

/// A folder with more files is not one of certificates.
const FILES: usize = 2_000;

/// Makes each `ca` of the profiles absolute: it is written relative to the file that says so.
pub fn anchor(profiles: &mut Profiles, folder: &Path) {
    let connections = profiles.providers.iter_mut().map(|provider| &mut provider.connection);
    for connection in connections.chain(profiles.apis.iter_mut().map(|api| &mut api.connection)) {
        if let Some(ca) = &mut connection.ca {
            *ca = folder.join(&*ca).display().to_string();
        }
    }
}

/// What a file or folder looked like when it was read: by this a change is noticed at the next call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp(Vec<(PathBuf, Option<SystemTime>, u64)>);

impl Stamp {
    /// As it looks now.
    pub(super) fn of(path: &Path) -> Result<Self, NoAnswer> {
        let one = |(path, facts): (PathBuf, Metadata)| (path, facts.modified().ok(), facts.len());
        Ok(Self(files(path)?.into_iter().map(one).collect()))
    }
}

/// All certificates there. One that cannot be read spoils all: to leave it out would be found out much later.
pub(super) fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, NoAnswer> {
    let is_folder = path.is_dir();
    let mut found = Vec::new();
    for (file, _) in files(path)? {
        let text = bytes(&file).map_err(|reason| unusable(&file, reason))?;
        // A folder may hold other things besides: only what says that it is a certificate is read.
        if !is_folder || contains(&text, b"-----BEGIN CERTIFICATE") {
            found.extend(certificates(&text).map_err(|reason| unusable(&file, reason))?);
        }
    }
    if found.is_empty() {
        return Err(unusable(path, "no file in this folder holds a PEM certificate".to_owned()));
    }
    Ok(found)
}

/// The file, or those in the folder in the order of their names.
fn files(path: &Path) -> Result<Vec<(PathBuf, Metadata)>, NoAnswer> {
    let wrong = |error: std::io::Error| unusable(path, error.to_string());
    let facts = std::fs::metadata(path).map_err(wrong)?;
    if facts.is_file() {
        return Ok(vec![(path.to_owned(), facts)]);
    }
    // Reading a pipe or a device might never end.
    if !facts.is_dir() {
        return Err(unusable(path, "it is neither a file nor a folder".to_owned()));
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(wrong)?.take(FILES + 1) {
        let file = entry.map_err(wrong)?.path();
        // A link that leads nowhere is common in such folders.
        if let Ok(facts) = std::fs::metadata(&file)
            && facts.is_file()
        {
            found.push((file, facts));
        }
    }
    if found.len() > FILES {
        return Err(unusable(path, format!("the folder holds more than {FILES} files")));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(BOUND + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > BOUND {
        return Err(format!("it is longer than {} MiB", BOUND / 1024 / 1024));
    }
    Ok(bytes)
}

/// The certificates in a PEM text, each looked at.
fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    if text.starts_with(&[0x30, 0x82]) {
        return Err("it is DER, not PEM: `openssl x509 -inform der -in FILE -out FILE.pem` turns it".to_owned());
    }
    let (mut found, mut others, mut block) = (Vec::new(), Vec::new(), 0);
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
        block += 1;
        match section.map_err(|error| format!("block {block}: {}", in_words(&error)))? {
            (SectionKind::Certificate, der) => {
                let certificate = CertificateDer::from(der);
                webpki::anchor_from_trusted_cert(&certificate)
                    .map_err(|error| format!("block {block} is no usable certificate: {error}"))?;
                found.push(certificate);
            }
            (other, _) => others.push(kind(other)),
        }
    }
    match others.first() {
        _ if !found.is_empty() => Ok(found),
        Some(other) => Err(format!("it holds {other}, and no certificate")),
        None if text.is_empty() => Err("it is empty".to_owned()),
        None => Err("it holds no block that begins with -----BEGIN CERTIFICATE-----".to_owned()),
    }
}

fn in_words(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "its line -----END …----- is missing".to_owned(),
        pem::Error::IllegalSectionStart { .. } => "its line -----BEGIN …----- is not written right".to_owned(),
        pem::Error::Base64Decode(_) => "what stands between BEGIN and END is not Base64".to_owned(),
        other => other.to_string(),
    }
}

fn kind(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::RsaPrivateKey | SectionKind::PrivateKey | SectionKind::EcPrivateKey => "a private key",
        SectionKind::PublicKey => "a public key",
        SectionKind::Csr => "a request for a certificate",
        SectionKind::Crl => "a list of revoked certificates",
        _ => "something else",
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn unusable(path: &Path, reason: String) -> NoAnswer {
    NoAnswer::Authorities { path: path.display().to_string(), reason }
}
