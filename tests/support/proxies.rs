//! Proxies that lead every name to this machine, and remember what they were asked for.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// What a proxy answers.
#[derive(Clone, Copy)]
pub enum Manner {
    /// It opens the way.
    Opens,
    /// It wants this as Proxy-Authorization, or as `user:password` for SOCKS.
    Wants(&'static str),
    /// It answers this to everybody: a status line, or the reply of SOCKS.
    Answers(&'static str),
    /// It takes the connection and says nothing.
    Silent,
}

/// A proxy that lives as long as the test's runtime.
pub struct Proxy {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// An HTTP proxy: CONNECT, and requests with the full address.
    pub async fn http(manner: Manner) -> Self {
        Self::serve(move |stream, asked| http(stream, manner, asked)).await
    }

    /// An HTTP proxy that is itself reached by TLS.
    pub async fn https(manner: Manner, config: rustls::ServerConfig) -> Self {
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        Self::serve(move |stream, asked| {
            let acceptor = acceptor.clone();
            async move { http(acceptor.accept(stream).await?, manner, asked).await }
        })
        .await
    }

    /// A SOCKS 5 proxy.
    pub async fn socks(manner: Manner) -> Self {
        Self::serve(move |stream, asked| socks(stream, manner, asked)).await
    }

    async fn serve<F>(answer: impl Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let shared = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Self { port, asked }
    }

    /// What it was asked for, such as `CONNECT api.example.test:443`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn http(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    manner: Manner,
    asked: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    asked.lock().unwrap().push(format!("{method} {target}"));
    let login = head
        .lines()
        .find_map(|line| line.strip_prefix("proxy-authorization: ").or(line.strip_prefix("Proxy-Authorization: ")));
    match manner {
        Manner::Silent => return std::future::pending().await,
        Manner::Answers(line) => {
            return stream.write_all(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await;
        }
        Manner::Wants(value) if login != Some(value) => {
            return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
        }
        Manner::Opens | Manner::Wants(_) => {}
    }
    let authority = target.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(80);
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    if method == "CONNECT" {
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    } else {
        server.write_all(head.as_bytes()).await?;
    }
    copy_bidirectional(&mut stream, &mut server).await.map(|_| ())
}

async fn socks(mut stream: TcpStream, manner: Manner, asked: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    if matches!(manner, Manner::Silent) {
        return std::future::pending().await;
    }
    let (_, count) = (stream.read_u8().await?, stream.read_u8().await?);
    let mut methods = vec![0; count.into()];
    stream.read_exact(&mut methods).await?;
    if let Manner::Wants(login) = manner {
        if !methods.contains(&2) {
            return stream.write_all(&[5, 0xff]).await;
        }
        stream.write_all(&[5, 2]).await?;
        stream.read_u8().await?;
        let (user, password) = (text(&mut stream).await?, text(&mut stream).await?);
        let right = format!("{user}:{password}") == login;
        stream.write_all(&[1, u8::from(!right)]).await?;
    } else {
        stream.write_all(&[5, 0]).await?;
    }
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => std::net::Ipv4Addr::from(stream.read_u32().await?).to_string(),
        4 => std::net::Ipv6Addr::from(stream.read_u128().await?).to_string(),
        _ => text(&mut stream).await?,
    };
    let port = stream.read_u16().await?;
    asked.lock().unwrap().push(format!("{host}:{port}"));
    if let Manner::Answers(reply) = manner {
        return stream.write_all(&[5, reply.parse().unwrap(), 0, 1, 0, 0, 0, 0, 0, 0]).await;
    }
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut stream, &mut server).await.map(|_| ())
}

async fn text(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut bytes).await?;
    Ok(String::from_utf8(bytes).unwrap())
}
