//! Frames on a request stream: four bytes of length, big end first, then that many bytes.
//! It does not look into the bytes.

use std::io;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::request_response::Codec;

use super::protocol::Protocol;

/// A request as it came. Too large a frame is a value, so that the event loop can name the peer who sent it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// All announced bytes, within the cap of the protocol.
    Whole(Vec<u8>),
    /// The announced length is above the cap; nothing after it was read.
    TooLarge,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct FrameCodec;

impl Codec for FrameCodec {
    type Protocol = Protocol;
    type Request = Frame;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, protocol: &Protocol, io: &mut T) -> io::Result<Frame>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io, protocol.request_cap()).await
    }

    async fn read_response<T>(&mut self, protocol: &Protocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        match read(io, protocol.response_cap()).await? {
            Frame::Whole(bytes) => Ok(bytes),
            Frame::TooLarge => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    async fn write_request<T>(&mut self, _: &Protocol, io: &mut T, request: Frame) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        match request {
            Frame::Whole(bytes) => write(io, &bytes).await,
            Frame::TooLarge => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    async fn write_response<T>(&mut self, _: &Protocol, io: &mut T, response: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &response).await
    }
}

/// Room for a chunk of a document, made at once: growing to it costs more than reading it.
const ROOM: usize = 256 * 1024;

/// The length is compared before anything is allocated, and beyond [`ROOM`] memory grows only with the bytes that really come.
async fn read<T: AsyncRead + Unpin + Send>(io: &mut T, cap: usize) -> io::Result<Frame> {
    let mut prefix = [0; 4];
    io.read_exact(&mut prefix).await?;
    let length = u32::from_be_bytes(prefix) as usize;
    if length > cap {
        return Ok(Frame::TooLarge);
    }
    let mut bytes = Vec::with_capacity(length.min(ROOM));
    io.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Frame::Whole(bytes))
}

async fn write<T: AsyncWrite + Unpin + Send>(io: &mut T, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    io.write_all(&length.to_be_bytes()).await?;
    io.write_all(bytes).await?;
    io.flush().await
}

#[cfg(test)]
mod tests {
    use futures::{executor::block_on, io::Cursor};

    use super::*;

    fn read_all(bytes: &[u8], cap: usize) -> io::Result<Frame> {
        block_on(read(&mut Cursor::new(bytes), cap))
    }

    #[test]
    fn a_frame_comes_back_as_written() {
        let mut wire = Vec::new();
        block_on(write(&mut wire, b"alice to bob")).unwrap();
        assert_eq!(wire[..4], [0, 0, 0, 12]);
        assert_eq!(read_all(&wire, 12).unwrap(), Frame::Whole(b"alice to bob".to_vec()));
    }

    #[test]
    fn a_length_above_the_cap_is_refused_before_its_bytes_come() {
        assert_eq!(read_all(&[0xff, 0xff, 0xff, 0xff], 64).unwrap(), Frame::TooLarge);
        assert_eq!(read_all(&[0, 0, 0, 65], 64).unwrap(), Frame::TooLarge);
    }

    #[test]
    fn a_frame_cut_short_is_an_error() {
        let kind = |bytes: &[u8]| read_all(bytes, 64).unwrap_err().kind();
        assert_eq!(kind(&[0, 0, 0, 5, 1, 2]), io::ErrorKind::UnexpectedEof);
        assert_eq!(kind(&[0, 0]), io::ErrorKind::UnexpectedEof);
    }
}
