//! The gateway's codes (EVS API reference, "Gateway codes"). Their statuses are exact and say what they mean.

use super::code::Class::{self, Defect, Failure, NotFound, Permission, Retry};
use super::code::Code;
use super::steps::{AGAIN, OURS, SUPPORT, TOKEN};

const fn row(
    code: &'static str,
    statuses: &'static [u16],
    class: Class,
    says: &'static str,
    next: &'static str,
) -> Code {
    super::code::row(code, statuses, class, says, next).by_status()
}

const PLACE: &str = "check region, endpoint and project of `cloud` in the manifest";
const GRANT: &str = "have the right granted, and check the project's id in the manifest";
const BLOCKED: &str = "ask whoever looks after the account why it is blocked";

// Where the reference has one meaning for several codes, they have one here.
const SETUP: &str = "a plug-in, a way or a rule of the gateway is set up wrongly";
const NO_RIGHT: &str = "the user or application has no right here, or the project is another";
const WHO: &str = "the application's credentials are wrong, or a clock is";
const SHUT_OUT: &str = "this address or account is blocked";
const CLOSED: &str = "the call is closed, or its allowance is used up";
const BROKEN: &str = "something broke inside the gateway";
const PARAMETER: &str = "the gateway takes a parameter for wrong";

pub(super) const CODES: &[Code] = &[
    row("APIGW.0101", &[404], NotFound, "no such call is offered at this address", PLACE),
    row("APIGW.0103", &[404], NotFound, "the gateway does not find the service behind it", PLACE),
    row("APIGW.0104", &[400], Failure, SETUP, SUPPORT),
    row("APIGW.0105", &[400], Failure, SETUP, SUPPORT),
    row("APIGW.0106", &[400], Failure, SETUP, SUPPORT),
    row(
        "APIGW.0201",
        &[400, 413, 414, 494, 502, 504],
        Defect,
        "the request is malformed or too large; as a 5xx, the service is away",
        "after a 5xx run the command again; else report it, with the request id",
    ),
    row("APIGW.0301", &[401], Permission, "IAM did not accept the token, the key or the signature", TOKEN),
    row("APIGW.0302", &[403], Permission, NO_RIGHT, GRANT),
    row("APIGW.0303", &[401], Permission, WHO, TOKEN),
    row("APIGW.0304", &[403], Permission, NO_RIGHT, GRANT),
    row("APIGW.0305", &[401], Permission, WHO, TOKEN),
    row("APIGW.0306", &[403], Permission, NO_RIGHT, GRANT),
    row("APIGW.0307", &[401], Permission, "the token has to be renewed", TOKEN),
    row(
        "APIGW.0308",
        &[429],
        Retry,
        "too many requests within a time; this one was not carried out",
        "nothing where it passes; else give apply a lower --parallelism",
    ),
    row("APIGW.0310", &[403], Permission, NO_RIGHT, GRANT),
    row("APIGW.0311", &[401], Permission, WHO, TOKEN),
    row("APIGW.0401", &[403], Permission, SHUT_OUT, BLOCKED),
    row("APIGW.0402", &[403], Permission, SHUT_OUT, BLOCKED),
    row("APIGW.0404", &[403], Permission, SHUT_OUT, BLOCKED),
    row("APIGW.0501", &[405], Failure, CLOSED, SUPPORT),
    row("APIGW.0502", &[405], Failure, CLOSED, SUPPORT),
    row("APIGW.0601", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0602", &[400], Defect, PARAMETER, OURS),
    row("APIGW.0605", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0606", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0607", &[400], Defect, PARAMETER, OURS),
    row("APIGW.0608", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0609", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0610", &[502], Retry, "the gateway cannot reach the service", AGAIN),
    row("APIGW.0611", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0612", &[500], Failure, BROKEN, AGAIN),
    row("APIGW.0613", &[503], Retry, "the gateway shields the service from too many requests", AGAIN),
    row("APIGW.0705", &[500], Failure, "the gateway could not compute a signature", AGAIN),
    row("APIGW.0801", &[403], Permission, "the call is blocked in this region", BLOCKED),
    row("APIGW.0802", &[403], Permission, "the account is restricted", BLOCKED),
];
