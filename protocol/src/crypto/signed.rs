//! `Signed<T>` → `Verified<T>`: COSE_Sign1 (RFC 9052), untagged, EdDSA. The only file that names `coset`.
//! Opening and verifying are one call, over the bytes as received; what comes out is another type.

use super::{NodeSecret, labels};
use crate::ids::NodeKey;
use crate::wire::{self, MessageKind, WireError};
use core::marker::PhantomData;
use coset::{
    CborSerializable as _, CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabel, RegisteredLabelWithPrivate,
    iana::Algorithm,
};
use ed25519_dalek::{Signature, Signer as _};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A type that is signed: its name in the signature and its size limit.
pub trait Message: Serialize + DeserializeOwned {
    /// Enters content type and external AAD.
    const KIND: MessageKind;
    /// Most bytes that the payload may have.
    const MAX: usize;
}

/// Room for headers and signature around a payload.
const FRAME: usize = 256;

/// Why a signed message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// Size or encoding.
    #[error("the signed message is not well-formed: {0}")]
    Wire(#[from] WireError),
    /// Headers other than the ones that `protocol.md` fixes.
    #[error("the signature headers are not the expected ones")]
    Headers,
    /// Signed by another key than the one asked for.
    #[error("signed by another key")]
    OtherKey,
    /// The signature does not fit, or the key is weak.
    #[error("the signature is not valid")]
    Signature,
}

/// Bytes that claim to be a signed `T`. Nothing of it can be read before [`Signed::verify`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signed<T> {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    #[serde(skip)]
    kind: PhantomData<fn() -> T>,
}

impl<T> core::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Signed({} bytes)", self.bytes.len())
    }
}

/// A `T` whose signature was checked against a known key.
#[derive(Clone)]
pub struct Verified<T> {
    value: T,
    payload: Vec<u8>,
    signer: NodeKey,
}

impl<T> core::fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Verified(by {})", self.signer.short())
    }
}

impl<T> Verified<T> {
    /// The key that signed.
    #[must_use]
    pub fn signer(&self) -> NodeKey {
        self.signer
    }

    /// The payload as received: what hashes are over.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The value alone.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> core::ops::Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Message> Signed<T> {
    /// Signs a value.
    #[must_use]
    pub fn sign(value: &T, key: &NodeSecret) -> Self {
        let header = HeaderBuilder::new()
            .algorithm(Algorithm::EdDSA)
            .content_type(content_type::<T>())
            .key_id(key.public().0.to_vec())
            .build();
        let cose = CoseSign1Builder::new()
            .protected(header)
            .payload(wire::encode(value))
            .create_signature(&external_aad::<T>(), |bytes| key.signing_key().sign(bytes).to_bytes().to_vec())
            .build();
        Self::from_bytes(cose.to_vec().expect("a structure built here has an encoding"))
    }

    /// The same bytes again from what they say: there is one encoding, so a store need not keep the frame.
    #[must_use]
    pub fn from_parts(value: &T, signer: NodeKey, signature: &[u8; 64]) -> Self {
        let header =
            HeaderBuilder::new().algorithm(Algorithm::EdDSA).content_type(content_type::<T>()).key_id(signer.0.to_vec()).build();
        let builder = CoseSign1Builder::new().protected(header).payload(wire::encode(value));
        let cose = builder.signature(signature.to_vec()).build();
        Self::from_bytes(cose.to_vec().expect("a structure built here has an encoding"))
    }

    /// The signature alone, as it stands there; worth nothing until verified.
    ///
    /// # Errors
    /// [`SignedError`] if the frame is not the expected one.
    pub fn signature(&self) -> Result<[u8; 64], SignedError> {
        self.frame()?.signature.try_into().map_err(|_| SignedError::Signature)
    }

    /// Takes bytes from the wire or the store, unread.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The bytes for the wire or the store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key that the message says signed it; worth nothing until verified.
    ///
    /// # Errors
    /// [`SignedError`] if the frame is not the expected one.
    pub fn claimed_signer(&self) -> Result<NodeKey, SignedError> {
        let cose = self.frame()?;
        NodeKey::from_slice(&cose.protected.header.key_id).ok_or(SignedError::Headers)
    }

    /// Checks the frame, the key and the signature (`verify_strict`), then decodes the payload strictly.
    ///
    /// # Errors
    /// [`SignedError`], and nothing is read from the message.
    pub fn verify(&self, key: &NodeKey) -> Result<Verified<T>, SignedError> {
        let cose = self.frame()?;
        if cose.protected.header.key_id != key.0 {
            return Err(SignedError::OtherKey);
        }
        let verifying = key.verifying().map_err(|_| SignedError::Signature)?;
        cose.verify_signature(&external_aad::<T>(), |signature, bytes| {
            let signature = Signature::from_slice(signature).map_err(|_| SignedError::Signature)?;
            verifying.verify_strict(bytes, &signature).map_err(|_| SignedError::Signature)
        })?;
        let payload = cose.payload.unwrap_or_default();
        Ok(Verified { value: wire::decode(&payload, T::MAX)?, payload, signer: *key })
    }

    /// Reads what this node stored after verifying it, without the cost of a second check.
    ///
    /// # Errors
    /// [`SignedError`] if the stored bytes are damaged.
    pub fn stored(&self) -> Result<Verified<T>, SignedError> {
        let cose = self.frame()?;
        let signer = NodeKey::from_slice(&cose.protected.header.key_id).ok_or(SignedError::Headers)?;
        let payload = cose.payload.unwrap_or_default();
        Ok(Verified { value: wire::decode(&payload, T::MAX)?, payload, signer })
    }

    /// The COSE frame, if it has exactly our headers and is in the one encoding that `coset` itself would write.
    fn frame(&self) -> Result<CoseSign1, SignedError> {
        let limit = T::MAX + FRAME;
        if self.bytes.len() > limit {
            return Err(WireError::TooLong { limit, got: self.bytes.len() }.into());
        }
        let cose = CoseSign1::from_slice(&self.bytes).map_err(|_| WireError::Malformed)?;
        let header = &cose.protected.header;
        let expected = HeaderBuilder::new()
            .algorithm(Algorithm::EdDSA)
            .content_type(content_type::<T>())
            .key_id(header.key_id.clone())
            .build();
        let protected = header.alg == Some(RegisteredLabelWithPrivate::Assigned(Algorithm::EdDSA))
            && header.content_type == Some(RegisteredLabel::Text(content_type::<T>()))
            && *header == expected;
        if !protected || !cose.unprotected.is_empty() || header.key_id.len() != NodeKey::LEN || cose.payload.is_none() {
            return Err(SignedError::Headers);
        }
        // `coset` decodes through a lax decoder, and keeps the protected bytes as they came: build them anew to compare.
        let rebuilt = CoseSign1Builder::new()
            .protected(expected)
            .payload(cose.payload.clone().unwrap_or_default())
            .signature(cose.signature.clone())
            .build();
        if rebuilt.to_vec().map_err(|_| WireError::Malformed)? != self.bytes {
            return Err(WireError::NotCanonical.into());
        }
        Ok(cose)
    }
}

fn content_type<T: Message>() -> String {
    format!("application/vnd.icmc.{}.v1+cbor", T::KIND.name())
}

fn external_aad<T: Message>() -> Vec<u8> {
    format!("{}{}", labels::SIGNATURE_PREFIX, T::KIND.name()).into_bytes()
}
