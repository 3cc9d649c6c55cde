//! What a project can have, as its services tell: zones, volume types, quotas, and the sources of new volumes; and whether that
//! is enough for what is asked for. A doctor and the pre-flight of a plan judge by the same functions. Pure.

mod demand;
mod fact;
mod facts;
mod near;
mod quota;
mod source;
mod volume_type;
mod zone;

pub use demand::{Demand, Held};
pub use fact::Fact;
pub use facts::{Facts, Needs};
pub use near::near;
pub use quota::Quota;
pub use source::{Backup, Image, Placement, Snapshot, SourceTrouble};
pub use volume_type::{Stock, Type, TypeTrouble, type_trouble};
pub use zone::{Zone, ZoneTrouble, zone_trouble};
