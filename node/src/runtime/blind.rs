//! Carries blinding requests to whoever blinds: for now the stand-in, here in the node.
//! The threshold keepers take its place; the shape is asynchronous already.

use super::node::WeakNode;
use icmc_protocol::core::Input;
use icmc_protocol::machine::BlindRequest;
use icmc_protocol::oprf::{self, UnprotectedStandInBlinding};

pub(super) async fn evaluate(node: WeakNode, request: BlindRequest) {
    let Some(node) = node.upgrade() else { return };
    let secret = match node.snapshot() {
        Ok(view) => oprf::secret(&view),
        Err(error) => {
            tracing::error!(%error, "the store cannot be read");
            return;
        }
    };
    // Without a federation there is nobody to match with: the request waits in the store and is asked again.
    let Ok(Some(secret)) = secret else { return };
    let ys = UnprotectedStandInBlinding::new(&secret).evaluate(&request.inputs);
    if node.handle(Input::Blinded { person_ref: request.person_ref, ys }).await.is_err() {
        tracing::debug!("stopping: the blinding is asked for again at the next start");
    }
}
