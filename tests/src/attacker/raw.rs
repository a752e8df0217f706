//! Requests as raw bytes, without a frame; replies read to their end, or not at all.
//! Any stream protocol of ours can be spoken with it.

use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use libp2p::request_response::Codec;
use std::io;

/// How to read replies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw {
    /// To their end.
    Reads,
    /// Never a byte.
    Waits,
}

impl Codec for Raw {
    type Protocol = &'static str;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &&'static str, _: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn read_response<T>(&mut self, _: &&'static str, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        let mut bytes = Vec::new();
        match self {
            Self::Reads => io.read_to_end(&mut bytes).await?,
            Self::Waits => futures::future::pending().await,
        };
        Ok(bytes)
    }

    async fn write_request<T>(&mut self, _: &&'static str, io: &mut T, request: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&request).await?;
        io.flush().await
    }

    async fn write_response<T>(&mut self, _: &&'static str, _: &mut T, _: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A request as the other side expects it: four bytes of length, big end first, then that many bytes.
pub(super) fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}
