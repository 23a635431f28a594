//! What the machine's cores can do with RSA keys parsed once: no server can be faster.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};

use super::report::process::own_core_time;

/// A key and something signed with it.
pub struct Limits {
    pair: RsaKeyPair,
    public: ParsedPublicKey,
    decoding: DecodingKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// Time on a core for one while all cores do the same, in microseconds.
#[derive(Clone, Copy)]
pub struct Measured {
    /// An RS256 check by aws-lc with a key parsed once.
    pub check: f64,
    /// An RS256 check by jsonwebtoken, which parses the key each time.
    pub library_check: f64,
    /// An RS256 signature by aws-lc with a key parsed once.
    pub signature: f64,
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

    /// Each for so long, on all cores at once, as when a server is busy: cores that share parts slow each other down.
    pub fn measure(&self, time: Duration) -> anyhow::Result<Measured> {
        let encoded = URL_SAFE_NO_PAD.encode(&self.signature);
        Ok(Measured {
            check: each(time, || Ok(self.public.verify_sig(&self.message, &self.signature)?))?,
            library_check: each(time, || {
                let fits = crypto::verify(&encoded, &self.message, &self.decoding, Algorithm::RS256)?;
                fits.then_some(()).context("a good signature was found bad")
            })?,
            signature: each(time, || {
                let mut signature = vec![0; self.pair.public_modulus_len()];
                Ok(self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &self.message, &mut signature)?)
            })?,
        })
    }
}

/// The mean over all cores of what doing the work once takes.
fn each(time: Duration, work: impl Fn() -> anyhow::Result<()> + Sync) -> anyhow::Result<f64> {
    let cores = thread::available_parallelism()?.get();
    let times: Vec<f64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| each_on_this_core(time, &work))).collect();
        let joined = threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?);
        joined.collect::<anyhow::Result<_>>()
    })?;
    let count = u32::try_from(times.len())?;
    Ok(times.iter().sum::<f64>() / f64::from(count))
}

/// Time on a core where the system tells it, which other programs do not lengthen.
fn each_on_this_core(time: Duration, work: impl Fn() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (began, before, mut count) = (Instant::now(), own_core_time(), 0_u32);
    while began.elapsed() < time {
        work()?;
        count += 1;
    }
    let used = before.zip(own_core_time()).map(|(before, after)| after.saturating_sub(before));
    Ok(used.unwrap_or(began.elapsed()).as_secs_f64() * 1e6 / f64::from(count))
}
