//! Where a request may go. Institutions' files name the addresses of their webhooks; a careless or
//! hostile one must not make us knock at doors inside: our own, the network's, the cloud's.
//!
//! Pure: names are resolved by the client, which then asks [`allows`] about every address found.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// How far a webhook may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// The public internet, over https.
    #[default]
    Public,
    /// The institution's own network too (`private = true` in its file): http, private and
    /// loopback addresses. Never link-local ones, where clouds keep their credentials.
    Private,
}

/// Why a request is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No http or https address.
    #[error("this is no address of a web server: refused")]
    Unreadable,
    /// http where https is asked for.
    #[error("this address is not encrypted: refused")]
    Plain,
    /// A user or a password in the address.
    #[error("this address holds a user or password: refused")]
    Credentials,
    /// It is, or resolves to, what is not for the public.
    #[error("this address leads inside: refused")]
    Inside,
}

/// A block of IPv4 addresses.
struct V4(Ipv4Addr, u32);
/// A block of IPv6 addresses.
struct V6(Ipv6Addr, u32);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u32) -> V4 {
    V4(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(head: [u16; 4], tail: u16, prefix: u32) -> V6 {
    let [a, b, c, d] = head;
    V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, tail), prefix)
}

/// What an institution's own network may consist of.
const OWN_V4: &[V4] = &[
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10), // carriers' NAT (RFC 6598)
    v4(127, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 168, 0, 0, 16),
];
const OWN_V6: &[V6] = &[
    v6([0; 4], 1, 128),
    v6([0xfc00, 0, 0, 0], 0, 7), // unique-local
];

/// Where nobody's webhook is (IANA's special-purpose registry), and where clouds keep secrets.
const NEVER_V4: &[V4] = &[
    v4(0, 0, 0, 0, 8),          // "this network"
    v4(100, 100, 100, 200, 32), // metadata at Alibaba
    v4(168, 63, 129, 16, 32),   // Azure's own wire server: looks public and is not
    v4(169, 254, 0, 0, 16),     // link-local, metadata at most clouds
    v4(192, 0, 0, 0, 24),       // protocol assignments, metadata at Oracle
    v4(192, 0, 2, 0, 24),       // documentation
    v4(192, 88, 99, 0, 24),     // 6to4 relays
    v4(198, 18, 0, 0, 15),      // benchmarks
    v4(198, 51, 100, 0, 24),    // documentation
    v4(203, 0, 113, 0, 24),     // documentation
    v4(224, 0, 0, 0, 4),        // multicast
    v4(240, 0, 0, 0, 4),        // reserved, broadcast
];
/// The public internet of IPv6. All that embeds an IPv4 address outside of it (mapped, compatible,
/// translated, NAT64), link-local, site-local and multicast addresses are not of it.
const PUBLIC_V6: V6 = v6([0x2000, 0, 0, 0], 0, 3);
const NEVER_V6: &[V6] = &[
    v6([0x2001, 0, 0, 0], 0, 23), // protocol assignments: Teredo, benchmarks, ORCHID
    v6([0x2001, 0xdb8, 0, 0], 0, 32), // documentation
    v6([0x2002, 0, 0, 0], 0, 16), // 6to4: embeds an IPv4 address
    v6([0x3fff, 0, 0, 0], 0, 20), // documentation
    v6([0xfd00, 0xec2, 0, 0], 0, 32), // metadata at Amazon
    v6([0xfd20, 0xce, 0, 0], 0, 32), // metadata at Google
];

impl V4 {
    fn holds(&self, address: Ipv4Addr) -> bool {
        let shift = 32 - self.1;
        u64::from(self.0.to_bits()) >> shift == u64::from(address.to_bits()) >> shift
    }
}

impl V6 {
    fn holds(&self, address: Ipv6Addr) -> bool {
        let shift = 128 - self.1;
        self.0.to_bits() >> shift == address.to_bits() >> shift
    }
}

/// Whether a connection to this address may be made.
pub fn allows(reach: Reach, address: IpAddr) -> bool {
    let (never, own, public) = match address {
        IpAddr::V4(a) => (
            NEVER_V4.iter().any(|b| b.holds(a)),
            OWN_V4.iter().any(|b| b.holds(a)),
            true,
        ),
        IpAddr::V6(a) => (
            NEVER_V6.iter().any(|b| b.holds(a)) || is_isatap(a),
            OWN_V6.iter().any(|b| b.holds(a)),
            PUBLIC_V6.holds(a),
        ),
    };
    match (never, own) {
        (true, _) => false,
        (false, true) => reach == Reach::Private,
        (false, false) => public,
    }
}

/// Whether an address embeds an IPv4 address as its interface (ISATAP, RFC 5214 section 6.1): a
/// host that speaks it would tunnel to that one.
fn is_isatap(address: Ipv6Addr) -> bool {
    let [.., high, low, _, _] = address.segments();
    matches!((high, low), (0 | 0x0200, 0x5efe))
}

/// Whether an address, as `written`, is plainly this very machine: `localhost` or a loopback
/// literal in its usual form. `0x7f.1` is the same machine, and somebody hiding it.
pub fn is_this_machine(url: &Url, written: &str) -> bool {
    let plain = url.host_str().is_some_and(|host| written.contains(host));
    plain
        && match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

/// Judges all addresses of a name together: one that leads inside spoils the others, because
/// whoever answers for the name chooses which one is tried.
///
/// # Errors
/// [`Refused::Inside`]
pub fn vet(reach: Reach, addresses: &[IpAddr]) -> Result<(), Refused> {
    if addresses.iter().all(|a| allows(reach, *a)) {
        Ok(())
    } else {
        Err(Refused::Inside)
    }
}

/// Reads an address and judges all of it that can be judged before a name is resolved.
///
/// # Errors
/// [`Refused`]
pub fn read(reach: Reach, address: &str) -> Result<Url, Refused> {
    let url = Url::parse(address).map_err(|_| Refused::Unreadable)?;
    judge(reach, &url)?;
    Ok(url)
}

/// Judges a parsed address. Whatever way an IP address was written (octal, hexadecimal, as one
/// number, in wide letters), the parser has made it one of two kinds of host by now.
///
/// # Errors
/// [`Refused`]
pub fn judge(reach: Reach, url: &Url) -> Result<(), Refused> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Unreadable);
    }
    // Nothing listens there: the system would choose a port.
    if url.port() == Some(0) {
        return Err(Refused::Unreadable);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    let address = match url.host().ok_or(Refused::Unreadable)? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(name) => {
            if reach == Reach::Public && is_inner_name(name) {
                return Err(Refused::Inside);
            }
            None
        }
    };
    vet(reach, address.as_slice())?;
    if reach == Reach::Public && url.scheme() == "http" {
        return Err(Refused::Plain);
    }
    Ok(())
}

/// Names that no public resolver answers for: single words, and RFC 6761's and its followers'.
fn is_inner_name(name: &str) -> bool {
    const INNER: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "localdomain"];
    let name = name.trim_end_matches('.');
    let ends = |inner: &&str| {
        name.strip_suffix(inner)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || INNER.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn public(address: impl Into<IpAddr>) -> bool {
        allows(Reach::Public, address.into())
    }

    fn private(address: impl Into<IpAddr>) -> bool {
        allows(Reach::Private, address.into())
    }

    #[test]
    fn the_standard_library_agrees_about_what_it_knows() {
        for bits in (0..=u32::MAX).step_by(65_521) {
            let a = Ipv4Addr::from_bits(bits);
            let inner = a.is_loopback()
                || a.is_private()
                || a.is_link_local()
                || a.is_broadcast()
                || a.is_documentation()
                || a.is_multicast()
                || a.is_unspecified();
            assert!(!(inner && public(a)), "{a}");
        }
    }

    #[test]
    fn a_private_reach_is_no_licence_for_metadata() {
        for address in ["169.254.169.254", "100.100.100.200", "168.63.129.16"] {
            assert!(!private(address.parse::<Ipv4Addr>().expect(address)));
        }
        for address in [
            "fd00:ec2::254",
            "fe80::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!private(address.parse::<Ipv6Addr>().expect(address)));
        }
        assert!(private(Ipv4Addr::LOCALHOST) && private(Ipv6Addr::LOCALHOST));
        assert!(private(Ipv4Addr::new(10, 1, 2, 3)) && public(Ipv4Addr::new(8, 8, 8, 8)));
        assert!(public("2606:4700::1111".parse::<Ipv6Addr>().expect("IPv6")));
    }

    proptest! {
        #[test]
        fn no_ipv6_address_that_embeds_an_ipv4_one_is_reached(bits: u32) {
            let v4 = u128::from(bits);
            let nat64 = 0x0064_ff9b_u128 << 96;
            for embedded in [
                v4,                                   // compatible
                0xffff_u128 << 32 | v4,               // mapped
                0xffff_0000_u128 << 32 | v4,          // translated
                nat64 | v4,
                nat64 | 1 << 80 | v4,                 // local NAT64
                0x2002_u128 << 112 | v4 << 80,        // 6to4
                0x2001_u128 << 112 | v4,              // Teredo
            ] {
                let address = Ipv6Addr::from_bits(embedded);
                prop_assert!(!public(address), "{}", address);
                prop_assert!(!private(address) || address.is_loopback(), "{}", address);
            }
        }

        #[test]
        fn private_reaches_all_that_public_does(v4: u32, v6: u128) {
            for a in [IpAddr::V4(Ipv4Addr::from_bits(v4)), IpAddr::V6(Ipv6Addr::from_bits(v6))] {
                prop_assert!(!public(a) || private(a));
            }
        }

        #[test]
        fn one_inner_address_spoils_all(outer in 0u32..1000, place in 0usize..4, inner: u16) {
            let mut found = vec![IpAddr::V4(Ipv4Addr::from_bits(0x0808_0000 + outer)); 3];
            prop_assert_eq!(vet(Reach::Public, &found), Ok(()));
            found.insert(place, IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + u32::from(inner))));
            prop_assert_eq!(vet(Reach::Public, &found), Err(Refused::Inside));
        }

        #[test]
        fn any_text_is_judged(address: String) {
            let _ = read(Reach::Public, &address);
        }

        #[test]
        fn however_an_ipv4_address_is_written_it_is_judged_alike(bits: u32) {
            let a = Ipv4Addr::from_bits(bits);
            let [w, x, y, z] = a.octets();
            for text in [
                format!("{a}"),
                format!("{bits}"),
                format!("{bits:#x}"),
                format!("0{bits:o}"),
                format!("{w:#x}.{x:#x}.{y:#x}.{z:#x}"),
                format!("0{w:o}.0{x:o}.0{y:o}.0{z:o}"),
                format!("{w}.{}", bits & 0xff_ffff),
                format!("{w}.{x}.{}.", bits & 0xffff),
            ] {
                let url = format!("https://{text}/");
                prop_assert_eq!(read(Reach::Public, &url).is_ok(), public(a), "{}", url);
            }
        }
    }
}
