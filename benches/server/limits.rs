//! What the machine's cores can do with RSA keys parsed once: no server can be faster.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};

/// A key and something signed with it.
pub struct Limits {
    pair: RsaKeyPair,
    public: ParsedPublicKey,
    decoding: DecodingKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// How often a second, on one core unless said otherwise.
#[derive(Clone, Copy)]
pub struct Measured {
    /// RS256 checks by aws-lc with a key parsed once.
    pub checks: f64,
    /// RS256 checks by jsonwebtoken, which parses the key each time.
    pub library_checks: f64,
    /// RS256 signatures by aws-lc with a key parsed once.
    pub signatures: f64,
    /// The same on all cores at once.
    pub signatures_on_all_cores: f64,
}

impl Limits {
    /// A new RSA key of 2048 bits, used on what a real token's signature stands on.
    pub fn new(token: &str) -> anyhow::Result<Self> {
        let message = token.rsplit_once('.').context("the token has no signature")?.0.as_bytes().to_vec();
        let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let der = pair.public_key().as_ref();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).parse()?;
        let decoding = DecodingKey::from_rsa_der(der);
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature)?;
        Ok(Self { pair, public, decoding, message, signature })
    }

    /// Each for so long.
    pub fn measure(&self, time: Duration) -> anyhow::Result<Measured> {
        let cores = thread::available_parallelism()?.get();
        let all = thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| rate(time, || self.sign()))).collect();
            threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?).sum()
        });
        let encoded = URL_SAFE_NO_PAD.encode(&self.signature);
        Ok(Measured {
            checks: rate(time, || Ok(self.public.verify_sig(&self.message, &self.signature)?))?,
            library_checks: rate(time, || {
                let fits = crypto::verify(&encoded, &self.message, &self.decoding, Algorithm::RS256)?;
                fits.then_some(()).context("a good signature was found bad")
            })?,
            signatures: rate(time, || self.sign())?,
            signatures_on_all_cores: all?,
        })
    }

    fn sign(&self) -> anyhow::Result<()> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        Ok(self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &self.message, &mut signature)?)
    }
}

/// How often a second the work is done.
fn rate(time: Duration, work: impl Fn() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < time {
        work()?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}
