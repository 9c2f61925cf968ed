//! Text records of domains, asked of the resolvers that the system names, over UDP and, where an answer is too long for it, TCP.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    Resolver, TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
    net::runtime::TokioRuntimeProvider,
    proto::rr::RData,
};

/// How long one question waits for its answer, and how often it is asked again: a request of a person waits for it.
const WAIT: Duration = Duration::from_secs(2);
const FURTHER_TRIES: usize = 1;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// The resolvers do not answer in time, or cannot find out: worth another try later.
    #[error("the domain's name servers do not answer")]
    NoAnswer,
    /// The resolver cannot be set up.
    #[error("no resolver: {0}")]
    Setting(&'static str),
}

/// Asks for records.
#[derive(Clone)]
pub struct Dns(TokioResolver);

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dns")
    }
}

impl Dns {
    /// With the system's resolvers, or with the one at `server` (`address:port`).
    pub fn open(server: Option<&str>) -> Result<Self, DnsError> {
        let mut builder = match server {
            None => TokioResolver::builder_tokio().map_err(|_| DnsError::Setting("the system names none"))?,
            Some(server) => {
                let server = server.parse().map_err(|_| DnsError::Setting("give an address and a port"))?;
                Resolver::builder_with_config(only(server), TokioRuntimeProvider::default())
            }
        };
        limit(builder.options_mut());
        let built = builder.build();
        Ok(Self(built.map_err(|_| DnsError::Setting("it cannot be built"))?))
    }

    /// The text records of a name, the strings of each joined; empty when there is none.
    pub async fn find_texts(&self, name: &str) -> Result<Vec<String>, DnsError> {
        // With a dot at the end no search domain of the system is tried.
        match self.0.txt_lookup(format!("{}.", name.trim_end_matches('.'))).await {
            Ok(found) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
            Err(_) => Err(DnsError::NoAnswer),
        }
    }
}

fn limit(options: &mut ResolverOpts) {
    (options.timeout, options.attempts) = (WAIT, FURTHER_TRIES);
    // Somebody who has just made a record asks again at once.
    options.cache_size = 0;
    options.try_tcp_on_error = true;
}

fn only(server: SocketAddr) -> ResolverConfig {
    let at = |mut connection: ConnectionConfig| {
        connection.port = server.port();
        connection
    };
    let connections = vec![at(ConnectionConfig::udp()), at(ConnectionConfig::tcp())];
    ResolverConfig::from_name_servers(vec![NameServerConfig::new(server.ip(), true, connections)])
}

fn text(data: &RData) -> Option<String> {
    let RData::TXT(texts) = data else { return None };
    let joined: Vec<u8> = texts.txt_data.iter().flat_map(|part| part.iter().copied()).collect();
    String::from_utf8(joined).ok()
}
