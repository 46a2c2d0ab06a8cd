//! Who is calling, as far as the network tells.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;

/// The caller's address: the peer's, or, behind trusted proxies, the last in `X-Forwarded-For`
/// that is not itself one of them. What an untrusted peer claims is not believed.
pub fn caller(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let believed = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !believed(&peer) {
        return Some(peer);
    }
    let hops: Vec<IpAddr> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        // A hop that is no address ends what can be believed.
        .map_while(|hop| hop.trim().parse::<IpAddr>().ok())
        .map(|ip| ip.to_canonical())
        .collect();
    let outermost = hops.iter().rev().find(|ip| !believed(ip));
    Some(*outermost.or(hops.first()).unwrap_or(&peer))
}
