//! Servers that speak TLS with certificates made here, by an authority made here: whatever is wrong with them is made so.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::routing::any;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Somebody who issues certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub certificate: CertificateDer<'static>,
    pub pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (pem, der) = (certificate.pem(), certificate.der().clone());
        Self { issuer: Issuer::new(params, key), certificate: der, pem }
    }

    /// A server's certificate for these names, good from one year to another.
    pub fn issue(&self, names: &[&str], years: (i32, i32)) -> Identity {
        let mut params = named("the server", names);
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { pem: certificate.pem(), certificate: certificate.der().clone(), key: key.into() }
    }

    /// One that is in order.
    pub fn issue_good(&self, names: &[&str]) -> Identity {
        self.issue(names, (2020, 2100))
    }
}

/// A server's certificate with its key.
pub struct Identity {
    pub certificate: CertificateDer<'static>,
    pub pem: String,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// One that vouches for itself; `openssl req -x509` writes into such that they are authorities.
    pub fn self_signed(names: &[&str], is_authority: bool, years: (i32, i32)) -> Self {
        let mut params = named("the server", names);
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        if is_authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), certificate: certificate.der().clone(), key: key.into() }
    }

    /// The usual settings of a server with this certificate.
    pub fn config(&self) -> ServerConfig {
        builder(rustls::DEFAULT_VERSIONS)
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key())
            .unwrap()
    }

    /// Settings that demand a client certificate of this authority, with one version of TLS.
    pub fn config_demanding(
        &self,
        clients: &Authority,
        version: &'static rustls::SupportedProtocolVersion,
    ) -> ServerConfig {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(clients.certificate.clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder(&[version])
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key())
            .unwrap()
    }
}

fn builder(
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
}

fn named(name: &str, names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A provider and an API in one, over TLS.
pub struct Secure {
    pub port: u16,
}

impl Secure {
    pub async fn serve(config: ServerConfig) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let listener = Listener { tcp, acceptor: TlsAcceptor::from(Arc::new(config)) };
        tokio::spawn(async move { axum::serve(listener, provider_and_api()).await });
        Self { port }
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

struct Listener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            // Many clients of these tests turn away.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

/// Discovery, keys, a token signed with one of them (RFC 7515 appendix A.2), and an API at every other path.
fn provider_and_api() -> Router {
    let json = |text: String| ([(header::CONTENT_TYPE, "application/json")], text);
    let discovery = any(move |headers: axum::http::HeaderMap| async move {
        let base = format!("https://{}", headers.get(header::HOST).unwrap().to_str().unwrap());
        let document =
            json!({ "issuer": base, "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys") });
        json(document.to_string())
    });
    let token = format!(r#"{{"access_token":"{}","token_type":"Bearer"}}"#, include_str!("rfc7515_a2.jwt").trim());
    let keys = format!(r#"{{"keys":[{}]}}"#, include_str!("rfc7515_a2.jwk"));
    Router::new()
        .route("/.well-known/openid-configuration", discovery)
        .route("/token", any(move || async move { json(token) }))
        .route("/keys", any(move || async move { json(keys) }))
        .fallback(any(|| async { "the API" }))
}
