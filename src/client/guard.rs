//! The guarded way out, for addresses that institutions' files name: every address that a name
//! resolves to is judged, and the connection goes to the very addresses that were judged.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::Limits;
use crate::domain::reach::{self, Reach, Refused};

/// Who tells the addresses of a name.
#[derive(Debug, Clone, Default)]
pub enum Names {
    /// The system.
    #[default]
    System,
    /// A list, for tests: names that are not on it do not resolve.
    Listed(Arc<HashMap<String, Vec<IpAddr>>>),
}

/// The two guarded clients. Their pools are their own: a connection made with a wider reach never
/// serves a narrower one.
#[derive(Clone)]
pub(super) struct Guarded {
    public: reqwest::Client,
    private: reqwest::Client,
}

impl Guarded {
    pub(super) fn new(limits: Limits, names: &Names) -> Result<Self, reqwest::Error> {
        let client = |reach| {
            let names = names.clone();
            super::plain(limits)
                .https_only(reach == Reach::Public)
                .dns_resolver(Arc::new(Vetting { reach, names }))
                .build()
        };
        Ok(Self {
            public: client(Reach::Public)?,
            private: client(Reach::Private)?,
        })
    }

    /// The client for an address, if it may be reached. The resolver is not asked about addresses
    /// written as numbers: they are judged here.
    pub(super) fn way(&self, reach: Reach, url: &str) -> Result<(&reqwest::Client, Url), Refused> {
        let url = reach::read(reach, url)?;
        let client = match reach {
            Reach::Public => &self.public,
            Reach::Private => &self.private,
        };
        Ok((client, url))
    }
}

/// Why no connection was made, if it was the guard that refused.
pub(super) fn refusal(error: &reqwest::Error) -> Option<Refused> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return Some(*refused);
        }
        cause = error.source();
    }
    None
}

struct Vetting {
    reach: Reach,
    names: Names,
}

impl Resolve for Vetting {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, names) = (self.reach, self.names.clone());
        Box::pin(async move {
            let found = names.addresses(name.as_str()).await?;
            reach::vet(reach, &found)?;
            // Port 0: the client takes the one of the URL.
            let addresses: Vec<_> = found.into_iter().map(|a| SocketAddr::new(a, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl Names {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|a| a.ip()).collect())
            }
            Self::Listed(list) => list
                .get(name)
                .cloned()
                .ok_or_else(|| std::io::ErrorKind::NotFound.into()),
        }
    }
}
