//! Next steps that codes of several tables share. Each fits into a line of 80 columns beside its label.

pub(super) const OURS: &str = "no manifest leads here: report it, with the request id";
pub(super) const AGAIN: &str = "try again; if it stays, ask support with the request id";
pub(super) const SUPPORT: &str = "ask the cloud's support, and name the request id";
pub(super) const TOKEN: &str = "`evsctl auth status` says which credentials are used; renew them";
pub(super) const RIGHTS: &str = "have evs:volumes:get, :list, :create, :update, :extend, :delete granted";
pub(super) const QUOTA: &str = "delete what nobody needs, or have the quota raised, then apply again";
pub(super) const ZONE: &str = "correct `availability_zone`; `evsctl doctor PATH` names the zones";
