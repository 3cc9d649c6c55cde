//! Complete lists of the project, shared: many calls in doubt are looked for in one and the same list.

use super::Work;
use crate::evs::{Error, Listed};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The latest list, and when it was begun.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<Option<(Instant, Arc<Listed>)>>);

impl Work {
    /// A complete list that was begun after that moment. Who asks while another asks waits for the same one.
    pub(super) async fn list_since(&self, since: Instant) -> Result<Arc<Listed>, Error> {
        let mut latest = self.lists.0.lock().await;
        if let Some((begun, listed)) = latest.as_ref()
            && *begun >= since
        {
            return Ok(listed.clone());
        }
        let begun = Instant::now();
        let listed = Arc::new(self.client.list_to_its_end().await?);
        *latest = Some((begun, listed.clone()));
        Ok(listed)
    }
}
