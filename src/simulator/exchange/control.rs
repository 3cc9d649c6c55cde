//! `/_sim/..`: looked at and changed from outside, so neither counted nor slowed down nor faulted.

use super::{Cut, MAX_BODY, Position, Shared, base, cut};
use crate::simulator::event::Change;
use crate::simulator::fault::Faults;
use crate::simulator::log;
use crate::simulator::reply::{Family, Refusal, Reply, gateway};
use crate::simulator::{edit, identity, purchase, table};
use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::http::request::Parts;

impl Shared {
    /// Answers a request below `/_sim/`.
    pub(super) async fn control(&self, request: Request<Incoming>, request_id: &str) -> Result<Reply, Cut> {
        let (parts, body) = request.into_parts();
        // A page of another host that is open in somebody's browser may not change the cloud.
        let origin = parts.headers.get("origin").map(|it| it.to_str().unwrap_or_default().to_owned());
        if origin.is_some_and(|it| it != base(&parts)) {
            return Ok(gateway(403, "APIGW.0401", "The control is not for pages of other hosts", request_id));
        }
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|_| cut())?.to_bytes();
        let (reply, position) = self.controlled(&parts, &body, request_id);
        if let Some((position, written)) = position
            && let Err(why) = log::durable(position, written).await
        {
            return Ok(Refusal::saying("EVS.5500", why).reply(Family::Custom));
        }
        Ok(reply)
    }

    /// Does what a control asks for. The second part is what must be durable before the answer leaves.
    fn controlled(&self, parts: &Parts, body: &[u8], request_id: &str) -> (Reply, Option<Position>) {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let moved = (method, path) == ("POST", "/_sim/clock");
        let moved = moved.then(|| self.clock.set(body).map_err(|why| Refusal::saying("EVS.1070", why)));
        let mut state = self.state();
        state.cloud.advance(self.clock.now());
        let order = path.strip_prefix("/_sim/orders/").and_then(|rest| rest.rsplit_once('/'));
        let volume = path.strip_prefix("/_sim/volumes/");
        let answered = match (method, path) {
            _ if let Some(moved) = moved => moved.map(|()| {
                // What has become true by it stays true after a restart.
                state.cloud.record(Change::Reached);
                Reply::json(200, &self.clock.show())
            }),
            ("GET", "/_sim/stats") => Ok(Reply::json(200, &state.stats.show(&state.cloud))),
            ("GET", "/_sim/operations") => Ok(Reply::json(200, &table::show(identity::CALLS))),
            ("GET", "/_sim/orders") => Ok(Reply::json(200, &purchase::list(&state.cloud))),
            ("GET", "/_sim/faults") => Ok(Reply::json(200, &state.faults.show())),
            ("POST", "/_sim/faults") => match Faults::read(body) {
                Ok(faults) => {
                    state.faults = faults;
                    Ok(Reply::json(200, &state.faults.show()))
                }
                Err(why) => Err(Refusal::saying("EVS.1070", why)),
            },
            ("POST", _) if let Some((id, "pay")) = order => {
                purchase::pay(&mut state.cloud, id).map(|order| Reply::json(200, &order))
            }
            ("POST", _) if let Some((id, "cancel")) = order => {
                purchase::cancel(&mut state.cloud, id).map(|order| Reply::json(200, &order))
            }
            ("POST", _) if let Some(id) = volume => edit::edit(&mut state.cloud, &base(parts), id, body),
            _ => Ok(gateway(404, "APIGW.0101", "No such control endpoint", request_id)),
        };
        let reply = answered.unwrap_or_else(|refusal| refusal.reply(Family::Custom));
        let position = state.keep();
        (reply, position)
    }
}
