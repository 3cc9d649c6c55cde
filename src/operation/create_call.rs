//! A create as the call that makes it.

use super::create::Create;
use crate::volume::OwnershipTag;

/// A create, with what its call carries beside what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCall {
    /// What it asks for.
    pub create: Create,
    /// Under which key its volumes carry its tag, whatever the manifest says by now.
    pub tag: OwnershipTag,
    /// The value of `X-Client-Token`.
    pub token: uuid::Uuid,
}
