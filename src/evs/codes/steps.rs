//! Next steps that several codes share. Each fits into a line of 80 columns beside its label.

pub(super) const FIX: &str = "correct the volume in the manifest, then apply again";
pub(super) const OURS: &str = "no manifest leads here: report it, with the request id";
pub(super) const AGAIN: &str = "try again; if it stays, ask support with the request id";
pub(super) const AGAIN_TOKEN: &str = "try again; if it stays, get a new token";
pub(super) const SUPPORT: &str = "ask the cloud's support, and name the request id";
pub(super) const TOKEN: &str = "`evsctl auth status` says which credentials are used; renew them";
pub(super) const RIGHTS: &str = "have evs:volumes:get, :list, :create, :update and :delete granted";
pub(super) const QUOTA: &str = "delete what nobody needs, or have the quota raised, then apply again";
pub(super) const SETTLE: &str = "wait until the volume has settled, then apply again";
pub(super) const ZONE: &str = "correct `availability_zone` in the manifest, then apply again";
pub(super) const ELSEWHERE: &str = "choose another zone or volume type in the manifest, then apply again";
pub(super) const CLEAN: &str = "run `evsctl apply` again: it removes what was left and creates anew";
pub(super) const LOST: &str = "run `evsctl apply` again: it looks for what the job made";
pub(super) const KEYS: &str = "have the right to the key service granted, then apply again";
pub(super) const SETTLE_CALL: &str = "run `evsctl apply` again: it settles the call before it makes anything";
pub(super) const CHARGE: &str = "change it in the console";
