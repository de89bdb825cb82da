//! Which address a request came from, when proxies stand in front.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;

/// The networks of proxies whose word is believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks separated by commas, such as `127.0.0.1, 10.0.0.0/8`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let parsed = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            parsed.map_err(|_| format!("“{part}” is not an address or network"))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }

    fn trusts(&self, address: &str) -> bool {
        address.parse::<IpAddr>().is_ok_and(|address| self.0.iter().any(|network| network.contains(&address)))
    }

    /// The client's address: the connection's own, or what the trusted proxies say before it.
    pub fn client(&self, request: &HttpRequest) -> Option<String> {
        let peer = request.peer_addr()?.ip().to_string();
        let headers = request.headers().get_all("x-forwarded-for");
        let told: Vec<&str> = headers
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        Some(self.origin(peer, &told))
    }

    /// From the connection outwards, the first address that is no trusted proxy.
    fn origin(&self, peer: String, told: &[&str]) -> String {
        let mut origin = peer;
        for address in told.iter().rev() {
            if !self.trusts(&origin) || address.parse::<IpAddr>().is_err() {
                break;
            }
            origin = (*address).to_owned();
        }
        origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(proxies: &str, peer: &str, told: &[&str]) -> String {
        Proxies::parse(proxies).unwrap().origin(peer.into(), told)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(origin("", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(origin("127.0.0.1", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(origin("127.0.0.1", "127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_the_client_itself_claims_is_not_believed() {
        let told = ["1.2.3.4", "198.51.100.1", "10.0.0.7"];
        assert_eq!(origin("127.0.0.1, 10.0.0.0/8", "127.0.0.1", &told), "198.51.100.1");
        assert_eq!(origin("127.0.0.1", "127.0.0.1", &["1.2.3.4", "nonsense"]), "127.0.0.1");
    }

    #[test]
    fn a_misspelt_network_is_refused() {
        assert!(Proxies::parse("10.0.0.0/8, somewhere").unwrap_err().contains("somewhere"));
    }
}
