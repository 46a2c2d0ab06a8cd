//! Where webhooks may lead: the table of hostile addresses, against the policy alone and against
//! the real client.

use std::collections::HashMap;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use passerelle::client::{Client, Limits, Names, NoAnswer};
use passerelle::domain::exchange::Outgoing;
use passerelle::domain::reach::{self, Reach, Refused};

/// One line of the table.
struct Row {
    verdict: Result<(), Refused>,
    address: String,
    resolves_to: Vec<IpAddr>,
}

/// The table; `{port}` becomes this one.
fn rows(port: u16) -> Vec<Row> {
    let table = include_str!("../fixtures/hostile_urls.txt");
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| row(line, port)).collect()
}

fn row(line: &str, port: u16) -> Row {
    let mut cells = line.split('\t');
    let verdict = match cells.next() {
        Some("public") => Ok(()),
        Some("inside") => Err(Refused::Inside),
        Some("plain") => Err(Refused::Plain),
        Some("credentials") => Err(Refused::Credentials),
        Some("unreadable") => Err(Refused::Unreadable),
        other => panic!("{other:?} is no verdict"),
    };
    let address = cells.next().expect("an address");
    let resolves_to = cells.next().unwrap_or_default();
    Row {
        verdict,
        address: address.replace("{port}", &port.to_string()),
        resolves_to: resolves_to
            .split(',')
            .filter(|a| !a.is_empty())
            .map(|a| a.parse().expect("an IP address"))
            .collect(),
    }
}

#[test]
fn the_policy_judges_every_address_of_the_table() {
    let rows = rows(8443);
    assert!(rows.len() >= 60);
    for row in rows {
        let judged = reach::read(Reach::Public, &row.address)
            .and_then(|_| reach::vet(Reach::Public, &row.resolves_to));
        assert_eq!(judged, row.verdict, "{}", row.address);
    }
}

/// Listeners on both loopback addresses and one port, and how many connections they have had.
struct Door {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Door {
    fn open() -> Self {
        let four = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = four.local_addr().expect("an address").port();
        // Some machines have no IPv6.
        let six = TcpListener::bind(("::1", port)).ok();
        let listeners: Vec<_> = [four].into_iter().chain(six).collect();
        for listener in &listeners {
            listener.set_nonblocking(true).expect("not to wait");
        }
        Self { listeners, port }
    }

    /// A connection is in the listener's queue as soon as whoever made it knows that it stands.
    fn knocks(&self) -> usize {
        let knocks = |l: &TcpListener| std::iter::from_fn(|| l.accept().ok()).count();
        self.listeners.iter().map(knocks).sum()
    }
}

fn request(url: &str) -> Outgoing {
    Outgoing {
        method: "POST",
        url: url.to_owned(),
        headers: vec![("Content-Type", "application/json".into())],
        body: b"{}".to_vec(),
        oauth: None,
    }
}

fn client(rows: &[Row]) -> Client {
    let names: HashMap<String, Vec<IpAddr>> = rows
        .iter()
        .filter_map(|row| {
            let url = url::Url::parse(&row.address).ok()?;
            let name = url.host_str().filter(|_| !row.resolves_to.is_empty())?;
            Some((name.to_owned(), row.resolves_to.clone()))
        })
        .collect();
    let limits = Limits {
        connect: Duration::from_secs(1),
        whole: Duration::from_secs(1),
        body: 1024,
    };
    Client::with_names(limits, &Names::Listed(Arc::new(names))).expect("a client")
}

#[tokio::test]
async fn the_client_knocks_nowhere() {
    let door = Door::open();
    let rows = rows(door.port);
    let client = client(&rows);
    for row in rows {
        let Err(why) = row.verdict else { continue };
        let answered = client.deliver(Reach::Public, &request(&row.address)).await;
        assert_eq!(
            answered.err(),
            Some(NoAnswer::Refused(why)),
            "{}",
            row.address
        );
    }
    assert_eq!(door.knocks(), 0);
}

#[tokio::test]
async fn the_door_would_have_heard_a_knock() {
    let door = Door::open();
    let url = format!("http://name.example.com:{}/", door.port);
    let rows = [Row {
        verdict: Ok(()),
        address: url.clone(),
        resolves_to: vec![[127, 0, 0, 1].into()],
    }];
    let client = client(&rows);
    // Nobody answers: what counts is that somebody came.
    for url in [url, format!("http://127.0.0.1:{}/", door.port)] {
        let answered = client.deliver(Reach::Private, &request(&url)).await;
        assert_eq!(answered.err(), Some(NoAnswer::TooSlow));
        assert_eq!(door.knocks(), 1, "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let door = Door::open();
    let receiver = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}/", receiver.local_addr().expect("an address"));
    let elsewhere = format!("http://127.0.0.1:{}/", door.port);
    let answering = tokio::spawn(async move {
        let (mut caller, _) = receiver.accept().await.expect("a caller");
        let mut heard = [0; 4096];
        let heard = caller.read(&mut heard).await.expect("a request");
        assert!(heard > 0);
        let answer =
            format!("HTTP/1.1 307 Elsewhere\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
        caller.write_all(answer.as_bytes()).await.expect("answered");
    });
    let answered = client(&[]).deliver(Reach::Private, &request(&url)).await;
    assert_eq!(answered.map(|a| a.status), Ok(307));
    answering.await.expect("answers");
    assert_eq!(door.knocks(), 0);
}
