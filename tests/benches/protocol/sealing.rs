//! One envelope of 4 KiB: sealed by one unit and opened by another, without and with the signature inside.
//! Not its way through the network: that is part of `sharing`.

use super::{cpu, median, tell};
use anyhow::{Context, Result};
use icmc_node::clock::SystemRng;
use icmc_protocol::crypto::{NodeSecret, PrekeySecret, Signed};
use icmc_protocol::envelope::{Body, Kind, Sealed};
use icmc_protocol::ids::{FederationId, UnitId};
use icmc_protocol::testing::world::NOON;

const TIMES: usize = 200;
/// With the frame of the body the inside is padded to 4 KiB.
const PAYLOAD: usize = 3_600;

pub(super) fn measure() -> Result<()> {
    let (sender, receiver) = (NodeSecret::generate(&mut SystemRng), PrekeySecret::generate(&mut SystemRng));
    let (to, body) = (receiver.public(), body());
    let inside = Signed::sign(&body, &sender).as_bytes().to_vec();
    let length = Sealed::seal(&inside, 1, &to, &mut SystemRng)?.len();
    anyhow::ensure!((4096..8192).contains(&length), "an envelope of {length} bytes");
    let mut sealing = Vec::new();
    let mut all = Vec::new();
    for _ in 0..TIMES {
        let (time, opened) =
            cpu(|| -> Result<Vec<u8>> { Ok(Sealed::decode(&Sealed::seal(&inside, 1, &to, &mut SystemRng)?)?.open(&receiver)?) });
        anyhow::ensure!(opened? == inside, "what was sealed comes out");
        sealing.push(time);
        let (time, read) = cpu(|| -> Result<Body> {
            let signed = Signed::sign(&body, &sender);
            let sealed = Sealed::seal(signed.as_bytes(), 1, &to, &mut SystemRng)?;
            let opened = Signed::<Body>::from_bytes(Sealed::decode(&sealed)?.open(&receiver)?);
            Ok(opened.verify(&sender.public()).context("the signature")?.into_value())
        });
        anyhow::ensure!(read?.payload == body.payload, "what was signed comes out");
        all.push(time);
    }
    tell("seal and open an envelope of 4 KiB, CPU", &median(sealing), "<= 0.6 ms");
    tell("the same with signing and verifying, CPU", &median(all), "");
    Ok(())
}

fn body() -> Body {
    Body {
        federation: FederationId([1; 32]),
        charter_epoch: 1,
        from: UnitId([2; 32]),
        to: UnitId([3; 32]),
        pair_seq: 1,
        created: NOON,
        not_after: None,
        kind: Kind::Void,
        payload: vec![7; PAYLOAD],
    }
}
