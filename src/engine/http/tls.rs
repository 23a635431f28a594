//! TLS over a connection: which certificates are trusted, and the handshake, which remembers what it was shown so that a
//! failure can name it.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

use super::link::{AskedForCertificate, Stream, Tap};
use super::tls_fault::{self, Shown};
use crate::exchange::TlsFault;

/// How TLS is spoken with a server: made once for each setting, since it reads the system's root certificates.
#[derive(Debug)]
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    trust: Trust,
}

/// Whose certificates are taken.
#[derive(Clone, Debug)]
enum Trust {
    /// `insecure = true`: anybody's.
    Anybody,
    /// Those the system trusts, and our own.
    Known { verifier: Arc<Verifier>, own: Arc<[CertificateDer<'static>]> },
}

impl Tls {
    /// Trusts whom the system trusts and these besides.
    ///
    /// On Linux the system's are those of `SSL_CERT_FILE` and `SSL_CERT_DIR` when one is set, else those of the
    /// distribution. Without any there are still our own.
    pub(super) fn with(own: Vec<CertificateDer<'static>>) -> Result<Self, TlsFault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Verifier::new_with_extra_roots(own.iter().cloned(), Arc::clone(&provider));
        let verifier = Arc::new(verifier.map_err(|_| TlsFault::NoRoots)?);
        Ok(Self { provider, trust: Trust::Known { verifier, own: own.into() } })
    }

    /// Trusts anybody.
    pub(super) fn unchecked() -> Self {
        Self { provider: Arc::new(aws_lc_rs::default_provider()), trust: Trust::Anybody }
    }

    /// Speaks TLS over the stream with whoever is to be `host`.
    pub(super) async fn handshake(
        &self,
        stream: impl Stream,
        host: &str,
    ) -> Result<(Box<dyn Stream>, AskedForCertificate), TlsFault> {
        let other = |detail: String| TlsFault::Other { detail };
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| other(format!("{host} is no name of a server")))?;
        let witness = Arc::new(Witness {
            provider: Arc::clone(&self.provider),
            trust: self.trust.clone(),
            shown: OnceLock::new(),
        });
        let asked = Arc::new(Asked::default());
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| other(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Witness>::clone(&witness))
            .with_client_cert_resolver(Arc::<Asked>::clone(&asked));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let (tap, first) = Tap::on(stream);
        match TlsConnector::from(Arc::new(config)).connect(name, tap).await {
            Ok(stream) => Ok((Box::new(stream), asked.0.clone())),
            Err(error) => Err(tls_fault::of_handshake(&error, &asked.0, witness.shown.get(), host, &first)),
        }
    }
}

/// Checks as the trust says, and remembers what was shown.
#[derive(Debug)]
struct Witness {
    provider: Arc<CryptoProvider>,
    trust: Trust,
    shown: OnceLock<Shown>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Trust::Known { verifier, own } = &self.trust else { return Ok(ServerCertVerified::assertion()) };
        let checked = verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(error) = checked else { return checked };
        let owned = intermediates.iter().map(|certificate| certificate.clone().into_owned());
        let _ = self.shown.set(Shown { certificate: end_entity.clone().into_owned(), chain: owned.collect() });
        // `openssl req -x509` makes a server's certificate that says it is a CA. When this very certificate was named as
        // trusted, only its name is left to check: its time and form have been.
        if is_authority(&error) && own.iter().any(|own| own.as_ref() == end_entity.as_ref()) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match &self.trust {
            Trust::Anybody => Ok(HandshakeSignatureValid::assertion()),
            Trust::Known { verifier, .. } => verifier.verify_tls12_signature(message, cert, dss),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match &self.trust {
            Trust::Anybody => Ok(HandshakeSignatureValid::assertion()),
            Trust::Known { verifier, .. } => verifier.verify_tls13_signature(message, cert, dss),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether a CA's certificate was shown as a server's.
pub(super) fn is_authority(error: &rustls::Error) -> bool {
    let rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error else { return false };
    matches!(inner.downcast_ref::<webpki::Error>(), Some(webpki::Error::CaUsedAsEndEntity))
}

/// Has no certificate to show, and remembers that one was asked for.
#[derive(Debug, Default)]
struct Asked(AskedForCertificate);

impl ResolvesClientCert for Asked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.set();
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}
