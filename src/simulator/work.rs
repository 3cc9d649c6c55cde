//! The jobs that make volumes and make them larger, planned at once or when an order is paid.

use super::fault::JobTrouble;
use super::job::{self, Job, Work};
use super::model::Cloud;
use super::order::{Goods, Paid, Purchase};
use crate::volume::service_name;
use uuid::Uuid;

/// Plans what the payment of an order starts.
pub(super) fn paid(cloud: &mut Cloud, purchase: &Purchase) -> Paid {
    let Purchase { project, goods, trouble, .. } = purchase;
    match goods {
        Goods::Volumes { name, ids, .. } => {
            let (job, names) = volumes(cloud, project, name, Some(ids), ids.len(), trouble.as_ref());
            Paid { job, names }
        }
        Goods::Growth { volume, .. } => {
            Paid { job: growth(cloud, project, *volume, trouble.as_ref()), names: Vec::new() }
        }
    }
}

/// Plans the job that makes so many volumes, with these ids where they were given before; gives the names by task.
pub(super) fn volumes(
    cloud: &mut Cloud,
    project: &str,
    name: &str,
    ids: Option<&[Uuid]>,
    count: usize,
    trouble: Option<&JobTrouble>,
) -> (Job, Vec<String>) {
    let job_id = cloud.next_id().simple().to_string();
    let mut work: Vec<(String, Work)> = (1u32..)
        .take(count)
        .enumerate()
        .map(|(place, ordinal)| {
            let name = if count > 1 { service_name(name, ordinal) } else { name.to_owned() };
            let id = cloud.next_id().simple().to_string();
            let volume = ids.and_then(|ids| ids.get(place).copied()).unwrap_or_else(|| cloud.next_id());
            (name, Work { id, volume, number: cloud.counter(), ordinal })
        })
        .collect();
    shuffle(&mut work);
    let (names, work) = work.into_iter().unzip();
    let kind = if count > 1 { job::BATCH } else { job::CREATE };
    let (now, duration) = (cloud.now(), cloud.job_duration);
    (Job::plan(job_id, project, kind, now, duration, work, trouble), names)
}

/// Puts the work of a batch into an order that is never that of the names: clients must read those.
fn shuffle(work: &mut [(String, Work)]) {
    work.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    if work.is_sorted_by_key(|(_, it)| it.ordinal) {
        work.reverse();
    }
}

/// Plans the job that makes a volume larger.
pub(super) fn growth(cloud: &mut Cloud, project: &str, id: Uuid, trouble: Option<&JobTrouble>) -> Job {
    let number = cloud.volume(project, id).map_or(0, |volume| volume.number);
    let job_id = cloud.next_id().simple().to_string();
    let work = vec![Work { id: job_id.clone(), volume: id, number, ordinal: 1 }];
    let (now, duration) = (cloud.now(), cloud.job_duration);
    let mut job = Job::plan(job_id, project, job::EXTEND, now, duration, work, trouble);
    for task in &mut job.tasks {
        // Growing that fails leaves its volume, whatever the rule says of volumes.
        task.volume = Some(id);
    }
    job
}
