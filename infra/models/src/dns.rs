//! A name server that knows the text records it was told, over UDP and TCP, and can fail as real ones do.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hickory_proto::{
    op::{Message, MessageType, ResponseCode},
    rr::{RData, Record, RecordType, rdata::TXT},
};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UdpSocket},
};

/// Longest answer over UDP, in bytes; a longer one says that it was cut off.
const LONGEST_DATAGRAM: usize = 512;

/// How questions for a name go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsFault {
    /// No answer comes.
    Silence,
    /// The server says that it failed.
    Failure,
    /// The answer is no message.
    Nonsense,
}

/// What is said of one name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DnsName {
    /// Its text records, each of one or several strings of at most 255 bytes.
    pub texts: Vec<Vec<String>>,
    /// What goes wrong.
    pub fault: Option<DnsFault>,
}

/// The name server; clones share what it knows.
#[derive(Debug, Clone, Default)]
pub struct NameServer(Arc<Mutex<BTreeMap<String, DnsName>>>);

impl NameServer {
    /// Says what is known of a name from now on.
    pub fn set(&self, name: &str, known: DnsName) {
        self.names().insert(plain(name), known);
    }

    /// What is known of a name; nothing of one that does not exist.
    pub fn find(&self, name: &str) -> Option<DnsName> {
        self.names().get(&plain(name)).cloned()
    }

    fn names(&self) -> MutexGuard<'_, BTreeMap<String, DnsName>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a port of loopback for both protocols.
    pub async fn bind() -> io::Result<(UdpSocket, TcpListener)> {
        let mut last = None;
        for _ in 0..16 {
            let tcp = TcpListener::bind(("127.0.0.1", 0)).await?;
            // The same number may be taken for the other protocol.
            match UdpSocket::bind(tcp.local_addr()?).await {
                Ok(udp) => return Ok((udp, tcp)),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }

    /// Answers until it is dropped.
    pub async fn serve(self, udp: UdpSocket, tcp: TcpListener) {
        tokio::join!(self.datagrams(udp), self.streams(tcp));
    }

    async fn datagrams(&self, socket: UdpSocket) {
        let mut buffer = [0; 4096];
        loop {
            let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
            if let Some(answer) = self.answer(&buffer[..length], Some(LONGEST_DATAGRAM)) {
                send(&socket, &answer, from).await;
            }
        }
    }

    async fn streams(&self, listener: TcpListener) {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let server = self.clone();
            tokio::spawn(async move { server.stream(stream).await });
        }
    }

    /// Questions and answers of one connection, each behind its length.
    async fn stream(&self, mut stream: TcpStream) -> io::Result<()> {
        loop {
            let mut question = vec![0; usize::from(stream.read_u16().await?)];
            stream.read_exact(&mut question).await?;
            let Some(answer) = self.answer(&question, None) else { continue };
            let length = u16::try_from(answer.len()).map_err(|_| io::ErrorKind::InvalidData)?;
            stream.write_u16(length).await?;
            stream.write_all(&answer).await?;
        }
    }

    /// The answer to a question; none where nothing is said.
    fn answer(&self, question: &[u8], longest: Option<usize>) -> Option<Vec<u8>> {
        let asked = Message::from_vec(question).ok()?;
        let query = asked.queries.first()?.clone();
        let known = self.find(&query.name().to_utf8());
        let mut answer = asked.clone();
        answer.metadata.message_type = MessageType::Response;
        answer.metadata.recursion_available = true;
        (answer.additionals, answer.edns) = (Vec::new(), None);
        match (&known, known.as_ref().and_then(|known| known.fault)) {
            (_, Some(DnsFault::Silence)) => return None,
            (_, Some(DnsFault::Nonsense)) => return Some(vec![0xff; 7]),
            (_, Some(DnsFault::Failure)) => answer.metadata.response_code = ResponseCode::ServFail,
            (None, None) => answer.metadata.response_code = ResponseCode::NXDomain,
            (Some(known), None) if query.query_type() == RecordType::TXT => {
                let record = |texts: &Vec<String>| {
                    Record::from_rdata(query.name().clone(), 60, RData::TXT(TXT::new(texts.clone())))
                };
                answer.answers = known.texts.iter().map(record).collect();
            }
            (Some(_), None) => {}
        }
        let whole = answer.to_vec().ok()?;
        if longest.is_none_or(|longest| whole.len() <= longest) {
            return Some(whole);
        }
        answer.metadata.truncation = true;
        answer.answers = Vec::new();
        answer.to_vec().ok()
    }
}

async fn send(socket: &UdpSocket, answer: &[u8], to: SocketAddr) {
    // Who asked may be gone.
    let _ = socket.send_to(answer, to).await;
}

/// A name as it is looked up: case does not count, nor a dot at the end.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
