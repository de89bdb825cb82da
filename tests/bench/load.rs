//! Load from `wrk`, a program of its own.

use std::process::Command;

/// What `wrk` told of an address.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Requests a second.
    pub rate: f64,
    /// Milliseconds.
    pub median: f64,
    /// Milliseconds.
    pub p99: f64,
}

/// Asks for an address again and again over so many connections.
pub fn ask(url: &str, cookie: Option<&str>, connections: u32, seconds: u32) -> Pace {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--latency", "--connections"]).arg(connections.to_string());
    wrk.arg("--duration").arg(format!("{seconds}s")).args(["--timeout", "30s"]);
    if let Some(cookie) = cookie {
        wrk.args(["--header", &format!("Cookie: session={cookie}")]);
    }
    let ran = wrk.arg(url).output().expect("wrk is installed (Debian: wrk)");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success() && !told.contains("Non-2xx"), "{url}:\n{told}");
    let field = |name: &str| {
        let line = told.lines().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("wrk told no {name}:\n{told}")).trim().to_owned()
    };
    let rate = field("Requests/sec:").parse().expect("a number");
    Pace { rate, median: milliseconds(&field("50%")), p99: milliseconds(&field("99%")) }
}

/// Reads `1.25ms`, `830.00us` or `1.02s`.
fn milliseconds(text: &str) -> f64 {
    let digits = text.trim_end_matches(|letter: char| letter.is_alphabetic());
    let number: f64 = digits.parse().expect("a number");
    match &text[digits.len()..] {
        "us" => number / 1000.0,
        "ms" => number,
        _ => number * 1000.0,
    }
}
