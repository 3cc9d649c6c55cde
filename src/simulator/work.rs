//! The jobs of the calls, planned at once or when an order is paid.

use super::call::Call;
use super::event::Change;
use super::fault::JobTrouble;
use super::job::{Job, Kind, Work};
use super::model::Cloud;
use super::order::{Goods, Growth, Growths, Paid, Purchase};
use super::task::Effect;
use crate::volume::service_name;
use uuid::Uuid;

/// Plans what the payment of an order starts.
pub(super) fn paid(cloud: &mut Cloud, purchase: &Purchase) -> Paid {
    let Purchase { project, goods, trouble, .. } = purchase;
    match goods {
        Goods::Volumes { name, ids, .. } => {
            let (job, names) = volumes(cloud, project, name, Some(ids), ids.len(), trouble.as_ref());
            Paid { job: Some(job), names }
        }
        Goods::Growth(growths) => {
            Paid { job: Some(growth(cloud, project, &growths.volumes, trouble.as_ref())), names: Vec::new() }
        }
        Goods::Retype { volume, to } => {
            let effect = Effect::Retype { to: to.clone() };
            Paid { job: Some(single(cloud, project, *volume, 1, effect, trouble.as_ref())), names: Vec::new() }
        }
        Goods::Unsubscription { volume, ordinal } => {
            let job = single(cloud, project, *volume, *ordinal, Effect::Remove, trouble.as_ref());
            Paid { job: Some(job), names: Vec::new() }
        }
        Goods::ChargeMode { .. } => Paid { job: None, names: Vec::new() },
    }
}

/// Makes an order for volumes to grow, which goes on at once where it pays itself; gives its id.
pub(super) fn order_growth(cloud: &mut Cloud, call: &Call, volumes: Vec<Growth>, pays_itself: bool) -> String {
    order(cloud, call, Goods::Growth(Growths { volumes }), pays_itself)
}

/// Makes an order for what concerns volumes that exist, which goes on at once where it pays itself; gives its id.
pub(super) fn order(cloud: &mut Cloud, call: &Call, goods: Goods, pays_itself: bool) -> String {
    let id = cloud.next_order_id();
    let purchase = Purchase { id: id.clone(), project: call.project.clone(), goods, trouble: call.trouble.clone() };
    let paid = pays_itself.then(|| paid(cloud, &purchase));
    cloud.record(Change::Ordered { purchase, paid, token: None });
    id
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
            (name, Work { id, volume, number: cloud.counter(), ordinal, effect: Effect::Make })
        })
        .collect();
    shuffle(&mut work, |(_, it)| it);
    let (names, work) = work.into_iter().unzip();
    let kind = if count > 1 { Kind::BatchCreate } else { Kind::Create };
    let (now, duration) = (cloud.now(), cloud.job_duration);
    (Job::plan(job_id, project, kind, now, duration, work, trouble), names)
}

/// Puts the work of a batch into an order that is never that of the names or of the request: clients must read what each
/// sub-job is about.
pub(super) fn shuffle<T>(items: &mut [T], work: impl Fn(&T) -> &Work) {
    items.sort_by(|one, other| work(one).id.cmp(&work(other).id));
    if items.is_sorted_by_key(|it| work(it).ordinal) {
        items.reverse();
    }
}

/// Plans the job that makes volumes larger: one of its own for one volume, sub-jobs for several.
pub(super) fn growth(cloud: &mut Cloud, project: &str, growths: &[Growth], trouble: Option<&JobTrouble>) -> Job {
    match growths {
        [Growth { volume, size, ordinal }] => {
            single(cloud, project, *volume, *ordinal, Effect::Grow { to: *size }, trouble)
        }
        _ => batch_growth(cloud, project, growths, trouble),
    }
}

/// Plans the job that makes volumes larger with a sub-job for each, also where there is only one (a choice).
pub(super) fn batch_growth(cloud: &mut Cloud, project: &str, growths: &[Growth], trouble: Option<&JobTrouble>) -> Job {
    let job_id = cloud.next_id().simple().to_string();
    let work = growths.iter().map(|Growth { volume, size, ordinal }| Work {
        id: cloud.next_id().simple().to_string(),
        volume: *volume,
        number: cloud.volume(project, *volume).map_or(0, |volume| volume.number),
        ordinal: *ordinal,
        effect: Effect::Grow { to: *size },
    });
    let mut work: Vec<Work> = work.collect();
    shuffle(&mut work, |it| it);
    Job::plan(job_id, project, Kind::BatchExtend, cloud.now(), cloud.job_duration, work, trouble)
}

/// Plans the job that does this to one volume.
pub(super) fn effect(
    cloud: &mut Cloud,
    project: &str,
    volume: Uuid,
    effect: Effect,
    trouble: Option<&JobTrouble>,
) -> Job {
    single(cloud, project, volume, 1, effect, trouble)
}

/// Plans a job on one volume that exists.
fn single(
    cloud: &mut Cloud,
    project: &str,
    volume: Uuid,
    ordinal: u32,
    effect: Effect,
    trouble: Option<&JobTrouble>,
) -> Job {
    let number = cloud.volume(project, volume).map_or(0, |volume| volume.number);
    let id = cloud.next_id().simple().to_string();
    let kind = match &effect {
        Effect::Make => Kind::Create,
        Effect::Grow { .. } => Kind::Extend,
        Effect::Remove => Kind::Delete,
        Effect::Retype { .. } => Kind::Retype,
        Effect::Rate { .. } => Kind::ModifyQos,
        Effect::RollBack { .. } => Kind::RollBack,
        Effect::Snapshot { removal: false } => Kind::TakeSnapshot,
        Effect::Snapshot { removal: true } => Kind::DropSnapshot,
    };
    let work = vec![Work { id: id.clone(), volume, number, ordinal, effect }];
    Job::plan(id, project, kind, cloud.now(), cloud.job_duration, work, trouble)
}
