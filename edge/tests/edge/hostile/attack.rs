//! The hostile requests themselves, as data: more than a hundred different ones
//! for each route, written as they go over the wire.
//!
//! What a request may get as an answer is not decided here.

use crate::test_edge::ORIGIN;

/// A request as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Attack {
    pub(super) method: Vec<u8>,
    pub(super) target: Vec<u8>,
    /// Whole lines without their ends; `Host` is among them where there is one.
    pub(super) lines: Vec<Vec<u8>>,
    pub(super) body: Vec<u8>,
}

/// Appended to each route.
const TAILS: &[&str] = &[
    "../",
    "../../../../etc/passwd",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "%2E%2E%2Fprivate%2Fcurrent.json",
    "%252e%252e%252f",
    "%25252e%25252e%25252f",
    "..%c0%af",
    "%c0%ae%c0%ae/",
    "%e0%80%ae%e0%80%ae/",
    "..%ef%bc%8f",
    "%uff0e%uff0e/",
    "%u002e%u002e",
    "..%5c",
    "..%255c",
    "....//",
    "..;/",
    "/%2e/",
    "/./",
    "//",
    "%2f%2fevil.test",
    "%00",
    "%00.html",
    "..%00/",
    "%ff",
    "%fe%ff",
    "%c3%28",
    "%ed%a0%80",
    "%0d%0aset-cookie:a=b",
    "%0aset-cookie:a=b",
    "%E5%98%8A%E5%98%8Dset-cookie:a=b",
    "%",
    "%4",
    "%zz",
    ";a=b",
    ";.css",
    ".css",
    ".html.br",
    "%20",
    "%09",
    "+",
    "~",
    "*",
    "'",
    "%22",
    "%3cscript%3e",
    "$%7b7*7%7d",
    "%7b%7b7*7%7d",
    "%e2%80%ae",
    ".git/HEAD",
    ".env",
    "index.php",
    "current.json",
    "a/b/c/d/e/f/g/h",
];

const QUERIES: &[&str] = &[
    "?token=%00",
    "?lang=../../etc",
    "?lang=%ff",
    "?lang=en&lang=zh",
    "?expires=-1&signature=a",
    "?expires=99999999999999999999&signature=%00",
    "?expires=1&expires=2&signature=a",
    "?a=%",
    "?a[]=1",
    "?__proto__[a]=1",
    "?return_to=//evil.test",
    "?return_to=%5c%5cevil.test",
    "?return_to=javascript:alert(1)",
    "?return_to=%0d%0aset-cookie:a=b",
    "?=",
    "?&&&",
    "??",
    "?%F0%28%8C%28",
];

const METHODS: &[&str] = &[
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "MOVE",
    "PURGE",
    "X-MADE-UP",
    "get",
    "HEAD",
    "G%45T",
];

/// What no client of ours sends beside a good request line.
const LINES: &[&[u8]] = &[
    b"Cookie: __Host-lyceum=\xff\xfe",
    b"Cookie: __Host-lyceum=",
    b"Cookie: __Host-lyceum=a; __Host-lyceum=b",
    b"Cookie: __Host-lyceum=\"a\"; lyceum=b; __host-lyceum=c",
    b"Cookie: __Host-lyceum=eyJhbGciOiJub25lIn0.e30.",
    b"Cookie: __Host-lyceum=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA",
    b"Cookie: __Host-lyceum-refresh=\x80",
    b"Cookie: __Host-lyceum-refresh=a.b",
    b"Cookie: __Host-lyceum=a; __Host-lyceum-refresh=a; __Host-lyceum-refresh=b",
    b"Cookie: ;;;===;;;",
    b"Range: bytes=99999999999999999999-",
    b"Range: bytes=0-18446744073709551615",
    b"Range: bytes=18446744073709551615-18446744073709551615",
    b"Range: bytes=0-,0-,0-,0-,0-",
    b"Range: bytes=5-1",
    b"Range: bytes=-0",
    b"Range: bytes=--1",
    b"Range: lines=0-1",
    b"If-Range: \xff",
    b"If-None-Match: \xff",
    b"If-None-Match: ,,,,\"",
    b"If-Modified-Since: Thu, 99 Foo 9999 99:99:99 GMT",
    b"Accept: text/html;q=9e999, */*;q=NaN",
    b"Accept-Encoding: br;q=NaN, \xff",
    b"Accept-Encoding: br;q=-1, gzip;q=1e400, zstd",
    b"Accept-Language: ../../etc/passwd",
    b"Authorization: Bearer \xff",
    b"Authorization: Basic YWRtaW46YWRtaW4=",
    b"X-Forwarded-Host: evil.test",
    b"X-Forwarded-Proto: javascript",
    b"X-Forwarded-For: 127.0.0.1, ::1, evil, \xff",
    b"Forwarded: for=\"_x\";host=evil.test;proto=file",
    b"X-Original-URI: /\xff",
    b"X-Original-URI: /learn/rust/ownership/",
    b"X-Original-URL: /private/current.json",
    b"X-Rewrite-URL: /private/current.json",
    b"X-HTTP-Method-Override: DELETE",
    b"X-Request-Id: a\tb",
    b"X-Accel-Redirect: /private/current.json",
    b"Origin: null",
    b"Origin: https://evil.test",
    b"Sec-Fetch-Site: cross-site",
    b"Referer: javascript:alert(1)",
    b"Upgrade: h2c",
    b"Upgrade: websocket",
    b"Expect: 200-maybe",
    b"Content-Type: \xff/\xfe",
    b"Content-Encoding: gzip, gzip, gzip",
    b"TE: trailers, chunked",
    b"Max-Forwards: 0",
];

const HOSTS: &[&[u8]] = &[
    b"Host: evil.test",
    b"Host:",
    b"Host: school.test:99999",
    b"Host: school.test@evil.test",
    b"Host: [::1",
    b"Host: \xff",
    b"Host: school.test\tevil.test",
    b"Host: ../../etc",
];

impl Attack {
    fn get(target: impl Into<Vec<u8>>) -> Self {
        Self {
            method: b"GET".to_vec(),
            target: target.into(),
            lines: vec![b"Host: school.test".to_vec()],
            body: Vec::new(),
        }
    }

    fn line(mut self, line: impl Into<Vec<u8>>) -> Self {
        self.lines.push(line.into());
        self
    }

    fn method(self, method: &str) -> Self {
        Self { method: method.as_bytes().to_vec(), ..self }
    }

    fn host(self, line: &[u8]) -> Self {
        Self { lines: vec![line.to_vec()], ..self }
    }

    fn body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let attack = Self { body: body.into(), ..self.method("POST") };
        let length = attack.body.len();
        attack
            .line(format!("Origin: {ORIGIN}"))
            .line(format!("Content-Type: {kind}"))
            .line(format!("Content-Length: {length}"))
    }

    /// As it goes over the wire; the connection ends with the answer.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.method[..], b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        for line in &self.lines {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"Connection: close\r\n\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Everything that is thrown at a route.
pub(super) fn attacks(route: &str) -> Vec<Attack> {
    let mut attacks = Vec::new();
    let at = |tail: &str| Attack::get(format!("{route}{tail}"));
    attacks.extend(TAILS.iter().chain(QUERIES).map(|tail| at(tail)));
    attacks.extend(METHODS.iter().map(|method| at("").method(method)));
    attacks.extend(LINES.iter().map(|line| at("").line(*line)));
    attacks.extend(HOSTS.iter().map(|host| at("").host(host)));
    attacks.extend(long(route));
    attacks.extend(twice(route));
    attacks.extend(other_forms(route));
    attacks.extend(bodies().into_iter().map(|(kind, body)| at("").body(kind, body)));
    attacks
}

/// More than anybody needs.
fn long(route: &str) -> Vec<Attack> {
    let at = |tail: String| Attack::get(format!("{route}{tail}"));
    vec![
        at("a".repeat(5000)),
        at("a/".repeat(5000)),
        at("%41".repeat(3000)),
        at("../".repeat(3000)),
        at("%2e%2e%2f".repeat(1000)),
        at(format!("?{}", "a=1&".repeat(3000))),
        at(format!("?lang={}", "a".repeat(5000))),
        at(format!("?token={}", "a".repeat(5000))),
        at("a".repeat(60_000)),
        at(String::new()).line(format!("Cookie: __Host-lyceum={}", "a".repeat(5000))),
        at(String::new()).line(format!("Cookie: {}", "a=b; ".repeat(4000))),
        at(String::new()).line(format!("Cookie: __Host-lyceum={}", "a".repeat(60_000))),
        at(String::new()).line(format!("Range: bytes={}", "0-1,".repeat(3000))),
        at(String::new()).line(format!("If-None-Match: {}", "\"a\",".repeat(3000))),
        at(String::new()).line(format!("Accept: {}", "a/b,".repeat(3000))),
        at(String::new()).line(format!("Accept-Encoding: {}", "br;q=0,".repeat(3000))),
        at(String::new()).line(format!("X-Forwarded-For: {}", ",".repeat(10_000))),
        at(String::new()).line("A: b\r\n".repeat(200).trim_end().to_owned()),
        at(String::new()).method(&"A".repeat(500)),
    ]
}

/// What may stand once and stands twice.
fn twice(route: &str) -> Vec<Attack> {
    let both = |a: &[u8], b: &[u8]| Attack::get(route).line(a).line(b);
    vec![
        both(b"Host: school.test", b"X: a"),
        both(b"Host: evil.test", b"X: b"),
        both(b"Cookie: __Host-lyceum=a", b"Cookie: __Host-lyceum=b"),
        both(b"Range: bytes=0-1", b"Range: bytes=2-3"),
        both(b"X-Original-URI: /", b"X-Original-URI: /learn/rust/ownership/"),
        both(b"Origin: https://school.test", b"Origin: https://evil.test"),
        both(b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-For: ::1"),
        both(b"Content-Type: application/json", b"Content-Type: text/html"),
        both(b"Content-Length: 0", b"Content-Length: 0"),
        both(b"Content-Length: 1", b"Content-Length: 2"),
        both(b"Content-Length: 0", b"Transfer-Encoding: chunked"),
    ]
}

/// Targets that are no path, and bytes that belong into no target or header.
fn other_forms(route: &str) -> Vec<Attack> {
    let raw = |target: &[u8]| Attack::get(target);
    let with = |start: &str, end: &[u8]| raw(&[start.as_bytes(), route.as_bytes(), end].concat());
    vec![
        with("http://evil.test", b""),
        with("https://school.test", b""),
        with("http://school.test:0", b"?a#b"),
        with("ftp://evil.test", b""),
        with("//evil.test", b""),
        with("/\\evil.test", b""),
        with("\\", b""),
        with("/..", b""),
        with("/%2e%2e", b""),
        with("/.", b""),
        with("", b"#fragment"),
        with("", b"\0"),
        with("", b"\xff\xfe"),
        with("", b"\xc0\xaf"),
        with("", b" HTTP/1.1\r\nX: y"),
        with("", b"<>\"{}|^`"),
        raw(b"*"),
        raw(b"*").method("OPTIONS"),
        raw(b"evil.test:80").method("CONNECT"),
        raw(&route.as_bytes()[1..]),
        raw(b""),
        Attack::get(route).line(b"no colon here".as_slice()),
        Attack::get(route).line(b"A B: c".as_slice()),
        Attack::get(route).line(b" folded: a".as_slice()),
        Attack::get(route).line(b"A: b\r\n c".as_slice()),
        Attack::get(route).line(b"A: b\0c".as_slice()),
        Attack::get(route).line(b"A: b\rc".as_slice()),
        Attack::get(route).line(b"A: b\nSet-Cookie: a=b".as_slice()),
        Attack::get(route).line(b"Transfer-Encoding: chunked, identity".as_slice()),
        Attack::get(route).line(b"Content-Length: -1".as_slice()),
        Attack::get(route).line(b"Content-Length: 99999999999999999999".as_slice()),
    ]
}

/// Media types with bodies that don't fit them, or fit them too well.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let entities = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
    vec![
        (JSON, vec![]),
        (JSON, b"{".to_vec()),
        (JSON, b"[]".to_vec()),
        (JSON, b"null".to_vec()),
        (JSON, b"1e999999".to_vec()),
        (JSON, b"[".repeat(50_000)),
        (JSON, b"{\"a\":".repeat(10_000)),
        (JSON, b"{\"email\":{\"$ne\":1}}".to_vec()),
        (JSON, b"{\"email\":\"a@b.c\",\"email\":\"d@e.f\"}".to_vec()),
        (JSON, b"{\"email\":\"a@b.c\\r\\nBcc: d@e.f\"}".to_vec()),
        (JSON, b"{\"email\":\"\\ud800@b.c\"}".to_vec()),
        (JSON, b"{\"token\":\"\\u0000\"}".to_vec()),
        (JSON, b"{\"code\":\"000000\",\"email\":\"a@b.c\"}".to_vec()),
        (JSON, format!("{{\"email\":\"{}@b.c\"}}", "a".repeat(60_000)).into_bytes()),
        (JSON, b"email=a%40b.c".to_vec()),
        (JSON, vec![0xff; 100]),
        (FORM, vec![0; 10]),
        (FORM, b"email[]=a".to_vec()),
        (FORM, b"email=%ff%fe".to_vec()),
        (FORM, b"email=a&email=b".to_vec()),
        (FORM, b"email=a%40b.c%0d%0aBcc:d%40e.f".to_vec()),
        (FORM, b"a=1&".repeat(5000)),
        (FORM, b"token=%00".to_vec()),
        (FORM, b"{\"email\":\"a@b.c\"}".to_vec()),
        (FORM, vec![b'a'; 70_000]),
        ("multipart/form-data; boundary=a", b"--a\r\n\r\n--a--".to_vec()),
        ("multipart/form-data", vec![]),
        ("text/plain", b"email=a@b.c".to_vec()),
        ("application/xml", entities.as_bytes().to_vec()),
        ("", b"{}".to_vec()),
        ("application/json;charset=utf-7", b"+AHs-".to_vec()),
        ("a/b/c", b"{}".to_vec()),
    ]
}
