//! TLS and proxies, seen from outside: the real binary through a front with certificates of its own.

mod front;

use crate::auth::{ACCESS, DOMAIN, PASSWORD, SECRET, USER, asking};
use crate::support::{CREATE, Ran, World, run};
use front::{Authority, Front, Odd, Proxy, endpoint};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

const KEYS: [(&str, &str); 2] = [("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)];
const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";
const BOTH: [&str; 2] = ["h2", "http/1.1"];

/// A stack whose cloud asks who is there, behind a front on this machine.
struct Fronted {
    world: World,
    front: Front,
    authority: Authority,
}

impl Fronted {
    fn new(hosts: &[&str], odd: Odd, protocols: &[&str], volumes: &str) -> Fronted {
        let world = asking(&[], volumes);
        let authority = Authority::new("evsctl's tests");
        let front = Front::before(&world.cloud.endpoint, authority.server(hosts, odd, protocols));
        let there = format!("https://localhost:{}", front.port);
        endpoint(world.dir.path(), &world.cloud.endpoint, &there);
        Fronted { world, front, authority }
    }

    #[track_caller]
    fn go(&self, words: &[&str], more: &[(&str, &str)]) -> Ran {
        self.trusting(&self.authority.file(), words, more)
    }

    #[track_caller]
    fn trusting(&self, authorities: &Path, words: &[&str], more: &[(&str, &str)]) -> Ran {
        let mut command = self.world.command(words);
        command.env("SSL_CERT_FILE", authorities).envs(KEYS).envs(more.iter().copied());
        let ran = run(command);
        assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");
        ran
    }
}

#[test]
fn an_authority_of_ones_own_is_named_by_the_environment() {
    let fronted = Fronted::new(&["localhost"], Odd::Nothing, &BOTH, "  web: { count: 3, size: 10 }");
    fronted.go(&["apply", "--yes"], &[]).exits(0);
    assert_eq!(fronted.world.cloud.stats()["volumes"], 3);
    // A folder of them does as well.
    let mut command = fronted.world.command(&["plan", "--detailed-exitcode"]);
    let folder = fronted.authority.file();
    command.env("SSL_CERT_DIR", folder.parent().unwrap()).envs(KEYS);
    run(command).exits(0);
    let ran = fronted.trusting(Path::new("/nowhere/ca.pem"), &["plan"], &[]);
    ran.exits(1).says("SSL_CERT_FILE names /nowhere/ca.pem, which is of no use: No such file");
    // Nor is a file that is missing, or is none, passed over for a folder that is good.
    let garbage = fronted.world.dir.path().join("garbage.pem");
    crate::support::put(&garbage, "no certificate");
    for (file, why) in [(Path::new("/nowhere/ca.pem"), "No such file"), (garbage.as_path(), "it holds no certificate")]
    {
        let mut command = fronted.world.command(&["plan"]);
        command.env("SSL_CERT_DIR", folder.parent().unwrap()).env("SSL_CERT_FILE", file).envs(KEYS);
        run(command).exits(1).says("which is of no use").says(why);
    }
}

#[test]
fn nobody_is_shown_anything_without_a_certificate_that_is_trusted() {
    let stranger = Authority::new("somebody else");
    for (hosts, odd, trusted, says) in [
        (&["localhost"][..], Odd::Nothing, false, "UnknownIssuer"),
        (&["evs.cn-north-4.myhuaweicloud.com"], Odd::Nothing, true, "certificate not valid for name"),
        (&["127.0.0.1"], Odd::Nothing, true, "certificate not valid for name"),
        (&["localhost"], Odd::Expired, true, "certificate expired"),
        (&["localhost"], Odd::NotYet, true, "certificate not valid yet"),
    ] {
        let fronted = Fronted::new(hosts, odd, &BOTH, "  web: { size: 10 }");
        let authorities = if trusted { fronted.authority.file() } else { stranger.file() };
        let begun = Instant::now();
        for words in [&["plan"][..], &["apply", "--yes"], &["doctor"]] {
            let ran = fronted.trusting(&authorities, words, &[]).exits(1);
            ran.says("invalid peer certificate").says(says);
        }
        fronted.trusting(&authorities, &["plan"], &[]).exits(1).says("SSL_CERT_FILE");
        assert!(begun.elapsed() < Duration::from_secs(10), "repeating mends no certificate");
        assert_eq!(fronted.front.requests(), [], "{says}");
        assert!(fronted.front.accepted() >= 4 && !fronted.front.failed().is_empty(), "it was tried");
        assert_eq!(fronted.world.cloud.all_requests(), 0);
    }
}

#[test]
fn a_password_is_as_careful() {
    let fronted = Fronted::new(&["elsewhere"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    let login = [
        ("HW_ACCESS_KEY", ""),
        ("HW_SECRET_KEY", ""),
        ("HW_USER_NAME", USER),
        ("HW_USER_PASSWORD", PASSWORD),
        ("HW_DOMAIN_NAME", DOMAIN),
    ];
    let begun = Instant::now();
    fronted.go(&["plan"], &login).exits(1).says("certificate not valid for name").says("SSL_CERT_FILE");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(fronted.front.requests(), []);
    // Where the certificate is good, an IAM beside the endpoint is asked.
    let fronted = Fronted::new(&["localhost"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    fronted.go(&["apply", "--yes"], &login).exits(0);
    assert_eq!(fronted.world.cloud.requests("POST /v3/auth/tokens"), 1);
}

#[test]
fn http_2_is_spoken_where_it_is_offered_and_connections_serve_again() {
    use hyper::Version;
    for (protocols, version, parallelism, most) in [
        (&BOTH[..], Version::HTTP_2, "16", 1),
        // One is free again a moment after its answer is there: who asks within that moment opens another.
        (&["http/1.1"], Version::HTTP_11, "1", 8),
        (&[], Version::HTTP_11, "16", 24),
    ] {
        // Names that the service cannot give take a call for each volume: many requests in one run.
        let fronted = Fronted::new(&["localhost"], Odd::Nothing, protocols, "  web: { count: 2, size: 10 }");
        fronted.go(&["apply", "--yes"], &[]).exits(0);
        fronted.world.volumes("  web: { count: 50, size: 10 }\n  db: { size: 20 }\n  logs: { size: 30 }");
        endpoint(
            fronted.world.dir.path(),
            &fronted.world.cloud.endpoint,
            &format!("https://localhost:{}", fronted.front.port),
        );
        let (before, already) = (fronted.front.requests().len(), fronted.front.accepted());
        fronted.go(&["apply", "--yes", "--parallelism", parallelism], &[]).exits(0);
        let requests = fronted.front.requests().split_off(before);
        assert!(requests.iter().all(|it| it.version == version), "{protocols:?}: {requests:?}");
        let is_create = |it: &front::Seen| it.method == "POST" && it.path.ends_with("/cloudvolumes");
        let (creates, others): (Vec<_>, Vec<_>) = requests.iter().partition(|it| is_create(it));
        assert!(creates.len() == 3 && others.len() >= 50, "{} and {}", creates.len(), others.len());
        // Each create call has a connection of its own, before which and after which nothing goes over it.
        for create in &creates {
            assert_eq!(requests.iter().filter(|it| it.connection == create.connection).count(), 1, "{create:?}");
        }
        let opened = fronted.front.accepted() - already - creates.len();
        assert!(opened <= most, "{opened} connections for {} requests over {version:?}", others.len());
    }
}

#[test]
fn no_redirect_is_followed() {
    let fronted = Fronted::new(&["localhost"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    let other = Fronted::new(&["localhost"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    for status in [301, 302, 307, 308] {
        let there = format!("https://localhost:{}/v2/elsewhere", other.front.port);
        let rule = json!({"then": {"status": status, "headers": {"location": there}}});
        fronted.world.cloud.faults(json!([rule]));
        fronted.go(&["plan"], &[]).exits(1).says(&format!("HTTP {status}"));
    }
    assert_eq!(other.front.accepted(), 0);
    // Nor one to a place where a signature would cross the network in the clear.
    let there = format!("{}/v2/elsewhere", other.world.cloud.endpoint);
    fronted.world.cloud.faults(json!([{"then": {"status": 302, "headers": {"location": there}}}]));
    fronted.go(&["plan"], &[]).exits(1);
    assert_eq!(other.world.cloud.all_requests(), 0);
}

/// The first bytes of a client, up to the end of its first record.
fn hello(stream: &mut std::net::TcpStream) -> Vec<u8> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).unwrap();
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut body).unwrap();
    assert_eq!((head[0], body[0]), (22, 1), "a ClientHello");
    body
}

/// The versions that a ClientHello offers (RFC 8446, 4.1.2 and 4.2.1).
fn versions(hello: &[u8]) -> Vec<u16> {
    let two = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
    // Type, length, version, random; then session id, suites and compressions, each with its length before it.
    let mut at = 1 + 3 + 2 + 32;
    at += 1 + usize::from(hello[at]);
    at += 2 + two(at);
    at += 1 + usize::from(hello[at]);
    let end = at + 2 + two(at);
    at += 2;
    while at < end {
        let (kind, length) = (two(at), two(at + 2));
        if kind == 43 {
            let list = &hello[at + 5..at + 4 + length];
            return list.chunks(2).map(|it| u16::from_be_bytes([it[0], it[1]])).collect();
        }
        at += 4 + length;
    }
    Vec::new()
}

#[test]
fn tls_1_1_is_neither_offered_nor_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // A server of the past: whatever it is offered, it answers with TLS 1.1.
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let offered = versions(&hello(&mut stream));
        let mut body = vec![2, 0, 0, 38, 3, 2];
        body.extend([7; 32]);
        body.extend([0, 0xc0, 0x13, 0]);
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        stream.write_all(&[&[22, 3, 2], &length[..], &body].concat()).unwrap();
        let mut alert = [0; 7];
        stream.read_exact(&mut alert).unwrap();
        (offered, alert)
    });
    let fronted = Fronted::new(&["localhost"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    endpoint(fronted.world.dir.path(), &format!(":{}", fronted.front.port), &format!(":{port}"));
    let mut command = fronted.world.command(&["plan"]);
    command.env("SSL_CERT_FILE", fronted.authority.file()).envs(KEYS);
    // What it says to the end does not matter here, and it may try again for a while.
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let (offered, alert) = server.join().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(offered, [0x0304, 0x0303], "TLS 1.3 and TLS 1.2");
    // A fatal alert: protocol_version (RFC 8446, 6.2).
    assert_eq!((alert[0], alert[5], alert[6]), (21, 2, 70), "{alert:?}");
}

#[test]
fn the_clouds_own_name_works_through_a_proxy_with_a_lost_answer_and_all() {
    let evs = "evs.cn-north-4.myhuaweicloud.com";
    let iam = "iam.cn-north-4.myhuaweicloud.com";
    for protocols in [&BOTH[..], &["http/1.1"]] {
        let fronted = Fronted::new(&[evs, iam], Odd::Nothing, protocols, "  web: { count: 3, size: 10 }");
        let world = &fronted.world;
        let named = format!("endpoint: \"https://localhost:{}\"", fronted.front.port);
        endpoint(world.dir.path(), &named, "region: cn-north-4");
        // The project by its name, so that IAM is asked at its own host.
        endpoint(world.dir.path(), &format!("project_id: {}", crate::support::PROJECT), "project: cn-north-4");
        let proxy = Proxy::to(fronted.front.port);
        let at = format!("http://127.0.0.1:{}", proxy.port);
        world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
            "then": {"cut": "after"}}, {"path": "/v2/{project_id}/cloudvolumes/detail", "skip": 1, "times": 1, "then": {"list_lag_ms": 60_000}}]));
        let ran = fronted.go(&["apply", "--yes", "--format", "json"], &[("HTTPS_PROXY", &at)]).exits(0);
        let finished = ran.finished();
        assert_eq!((&finished["created"], &finished["converged"]), (&json!(3), &json!(true)), "{finished}");
        let stats = world.cloud.stats();
        assert_eq!((&stats["volumes"], &stats["unauthorized"]), (&json!(3), &json!(0)), "{stats}");
        // No list showed them, so the same call went once more: its token made it one.
        assert_eq!(world.cloud.requests(CREATE), 2);
        let asked = proxy.asked();
        assert!(asked.iter().any(|line| line == &format!("CONNECT {iam}:443 HTTP/1.1")), "{asked:?}");
        assert!(asked.iter().any(|line| line == &format!("CONNECT {evs}:443 HTTP/1.1")), "{asked:?}");
        let requests = fronted.front.requests();
        let host = |it: &front::Seen| if it.path.starts_with("/v3/projects") { iam } else { evs };
        assert!(requests.iter().all(|it| it.host == host(it)), "{requests:?}");
        // The state knows the cloud by that name.
        let state = std::fs::read_to_string(world.snapshot()).unwrap();
        assert!(state.contains(&format!("https://{evs}")), "{state}");
        fronted.go(&["plan", "--detailed-exitcode"], &[("https_proxy", &at)]).exits(0);
    }
}

#[test]
fn a_proxy_s_own_trouble_is_told_without_its_password() {
    let fronted = Fronted::new(&["stack.example"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    endpoint(fronted.world.dir.path(), "localhost", "stack.example");
    let allowed = ("EVSCTL_ALLOWED_ENDPOINTS", "stack.example");
    // `runner:canary-proxy` (RFC 7617).
    let proxy = Proxy::wanting("Basic cnVubmVyOmNhbmFyeS1wcm94eQ==", fronted.front.port);
    // Percent signs as a URL wants them.
    let at = |login: &str, port: u16| format!("http://{login}@127.0.0.1:{port}");
    fronted
        .go(&["apply", "--yes", "-vv"], &[allowed, ("HTTPS_PROXY", &at("runner:canary%2Dproxy", proxy.port))])
        .exits(0);
    assert_eq!(fronted.world.cloud.stats()["volumes"], 1);
    let before = fronted.front.accepted();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (login, port, says) in [
        ("runner:canary-wrong", proxy.port, "proxy authorization required"),
        ("runner:canary-proxy", nobody, "refused"),
    ] {
        // A doctor has the least patience.
        fronted.go(&["doctor", "-vv"], &[allowed, ("HTTPS_PROXY", &at(login, port))]).exits(1).says(says);
    }
    assert_eq!(fronted.front.accepted(), before, "nothing goes past a proxy that refuses");
    // One that opens what passes is trusted no more than anybody else.
    let own = Authority::new("an inspecting proxy");
    let begun = Instant::now();
    let inspecting = [allowed, ("HTTPS_PROXY", &*at("runner:canary-proxy", proxy.port))];
    fronted.trusting(&own.file(), &["plan"], &inspecting).exits(1).says("UnknownIssuer").says("SSL_CERT_FILE");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_proxy_is_asked_for_other_hosts_and_never_for_loopback() {
    let fronted = Fronted::new(&["localhost", "stack.example"], Odd::Nothing, &BOTH, "  web: { size: 10 }");
    let proxy = Proxy::to(fronted.front.port);
    let at = format!("http://127.0.0.1:{}", proxy.port);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY", "http_proxy"] {
        fronted.go(&["plan"], &[(variable, &at)]).exits(0);
    }
    assert_eq!(proxy.asked(), Vec::<String>::new(), "loopback goes past it");
    endpoint(fronted.world.dir.path(), "localhost", "stack.example");
    let allowed = ("EVSCTL_ALLOWED_ENDPOINTS", "stack.example");
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let before = proxy.asked().len();
        fronted.go(&["plan"], &[allowed, (variable, &at)]).exits(0);
        let asked = proxy.asked().split_off(before);
        let line = format!("CONNECT stack.example:{} HTTP/1.1", fronted.front.port);
        assert!(!asked.is_empty() && asked.iter().all(|it| *it == line), "{asked:?}");
    }
    // What the runner excepts does not go to the proxy; that name leads nowhere by itself.
    let before = proxy.asked().len();
    let mut command = fronted.world.command(&["doctor"]);
    command.env("SSL_CERT_FILE", fronted.authority.file()).envs(KEYS).envs([allowed, ("HTTPS_PROXY", &at)]);
    command.env("NO_PROXY", "other.example,stack.example");
    run(command).exits(1).says("connection");
    assert_eq!(proxy.asked().len(), before);
    assert!(fronted.world.cloud.requests(LIST) >= 8 && fronted.world.cloud.requests(CREATE) == 0);
}
