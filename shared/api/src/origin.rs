//! Where a request came from, as the gateway saw it. Forwarding headers are never looked at:
//! anyone can write them.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
};

use axum::extract::FromRequestParts;
use http::{header::USER_AGENT, request::Parts};
use vestibule_auth::Actor;
use vestibule_domain::{Device, User};

use crate::{
    ApiError, Delivery,
    site::{self, Foreign},
};

/// Longest client description kept.
const MAX_AGENT: usize = 256;
/// The part of an IPv6 address that one subscriber cannot change: the first 64 bits.
const NETWORK: u128 = !0 << 64;
/// The part that no subscriber is given more of: the first 48 bits.
const WIDE: u128 = !0 << 80;

/// The request's id and the client's address.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Id given by the gateway; shown in answers and logs.
    pub request_id: String,
    /// Source address at the gateway.
    pub source_ip: Option<String>,
    /// The client's description of itself, cut to 256 characters.
    pub user_agent: Option<String>,
    /// Whether a browser names another origin than ours as the sender.
    pub foreign: bool,
}

impl Origin {
    /// The origin of a request.
    pub fn of(parts: &Parts) -> Self {
        let agent = parts.headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        let agent = agent.map(|agent| agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT).collect());
        let foreign = parts.extensions.get::<Foreign>().is_some();
        Self { user_agent: agent, foreign, ..parts.extensions.get::<Self>().cloned().unwrap_or_default() }
    }

    /// What is counted as one source: an IPv4 address, or the /64 network of an IPv6 address.
    pub fn network(&self) -> String {
        match self.source_ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok()) {
            Some(IpAddr::V4(ip)) => ip.to_string(),
            Some(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
                Some(ip) => ip.to_string(),
                None => format!("{}/64", Ipv6Addr::from(u128::from(ip) & NETWORK)),
            },
            None => "unknown".to_owned(),
        }
    }

    /// The /48 network of an IPv6 address: what one subscriber may have been given.
    pub fn wide_network(&self) -> Option<String> {
        match self.source_ip.as_deref()?.parse::<IpAddr>().ok()? {
            IpAddr::V6(ip) if ip.to_ipv4_mapped().is_none() => {
                Some(format!("{}/48", Ipv6Addr::from(u128::from(ip) & WIDE)))
            }
            _ => None,
        }
    }

    /// How tokens reach this client: as cookies if it asks for them, which a page of another origin may not.
    pub fn delivery(&self, cookies: bool) -> Result<Delivery, ApiError> {
        match Delivery::of(cookies) {
            Delivery::Cookies if self.foreign => Err(site::refused()),
            delivery => Ok(delivery),
        }
    }

    /// The device as it is kept with a session.
    pub fn device(&self) -> Device {
        Device { agent: self.user_agent.clone(), address: self.source_ip.clone() }
    }

    /// A person behind the request.
    pub fn actor(&self, user: &User) -> Actor {
        let (id, email) = (user.id, user.email.clone());
        Actor::User { id, email, source_ip: self.source_ip.clone(), user_agent: self.user_agent.clone() }
    }

    /// Somebody unknown behind the request.
    pub fn stranger(&self) -> Actor {
        Actor::Stranger { source_ip: self.source_ip.clone(), user_agent: self.user_agent.clone() }
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(ip: &str) -> String {
        Origin { source_ip: Some(ip.to_owned()), ..Origin::default() }.network()
    }

    #[test]
    fn a_subscriber_is_one_source() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff::9"), network("2001:DB8:1:2::1"));
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(network("203.0.113.9, 10.0.0.1"), "unknown");
    }

    #[test]
    fn attack_9c_all_networks_of_a_subscriber_are_one_wide_source() {
        let wide = |ip: &str| Origin { source_ip: Some(ip.to_owned()), ..Origin::default() }.wide_network();
        assert_eq!(wide("2001:db8:1:2::1").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(wide("2001:db8:1:ffff:3::9"), wide("2001:DB8:1::1"));
        assert_ne!(wide("2001:db8:2::1"), wide("2001:db8:1::1"));
        for ip in ["192.0.2.7", "::ffff:192.0.2.7", "unknown", ""] {
            assert_eq!(wide(ip), None, "{ip}");
        }
    }
}
