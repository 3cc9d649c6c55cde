//! One operation: a change that the cloud carries out as a whole, over some time, from its intent to its end. Pure.
//!
//! A create makes volumes, an extension makes some larger, a deletion ends one. What a kind must answer stands here, once for all that carry operations out: what it
//! is about ([`Operation::covers`]), by what it is found again after its answer was lost ([`FoundBy`]), and whether it may
//! be sent again then ([`Repeated`]). The three questions about its course have a file each: [`goal`], what a volume that it
//! is about has come to; [`verdict`], what a job says that became of each; [`settle`], what is done where its answer was
//! lost.

mod claim;
mod create;
mod create_call;
mod delete;
mod extend;
mod failure;
mod fit;
pub mod goal;
mod model;
mod owner;
mod progress;
pub mod settle;
mod silence;
mod taint;
pub mod verdict;

pub use claim::{CLOCKS_DIFFER, Claim, Mark, NotOurs, unasked};
pub use create::Create;
pub use create_call::CreateCall;
pub use delete::Delete;
pub use extend::{Extend, Growth, MAX_BATCH, Way};
pub use failure::{Failure, Reason};
pub use fit::{misfits, misnamed};
pub use model::{FoundBy, Kind, Operation, Repeated};
pub use owner::Owner;
pub use progress::{Progress, Sendings};
pub use silence::{Silence, Unproved};
pub use taint::{Aspect, Leftover, Misfit, NamedBy, Taint, Unlike, Unseen};
