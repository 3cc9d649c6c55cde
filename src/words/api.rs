//! What became of a call of the API, and of the credentials for it.

mod credentials;
mod error;
mod nonsense;
