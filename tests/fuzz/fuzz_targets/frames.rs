//! Feeds arbitrary bytes to the reader of frames on a stream. The first byte chooses the protocol, the second whether it is asked or answered.
//! The reader is private to the node: its source is taken in here as it stands.
#![no_main]
#![expect(dead_code, reason = "the rest of both files is the node's")]

#[path = "../../../node/src/net/codec.rs"]
mod codec;
#[path = "../../../node/src/net/protocol.rs"]
mod protocol;

use codec::{Frame, FrameCodec};
use futures::executor::block_on;
use futures::io::Cursor;
use libp2p::request_response::Codec as _;
use protocol::Protocol;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [choice, way, rest @ ..] = data else { return };
    let all = [Protocol::Envelope, Protocol::Beacons, Protocol::Charter, Protocol::Blob, Protocol::Join, Protocol::Blind];
    let protocol = all[usize::from(*choice) % all.len()];
    let mut io = Cursor::new(rest);
    if way % 2 == 0 {
        if let Ok(Frame::Whole(bytes)) = block_on(FrameCodec.read_request(&protocol, &mut io)) {
            assert!(bytes.len() <= protocol.request_cap() && bytes.len() <= rest.len());
        }
    } else if let Ok(bytes) = block_on(FrameCodec.read_response(&protocol, &mut io)) {
        assert!(bytes.len() <= protocol.response_cap() && bytes.len() <= rest.len());
    }
});
