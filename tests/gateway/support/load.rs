//! Phones that play whole sessions over HTTP and look at every screen: as Africa's Talking calls,
//! which sends all that was typed, and comes again when it got no answer.

use std::time::Duration;

use super::phone;

/// A phone, and which of its sessions this is. No two phones or sessions say the same words.
#[derive(Clone, Copy)]
pub struct Phone {
    pub phone: u32,
    pub session: u32,
}

/// A feedback that a citizen saw the code of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Told {
    pub words: String,
    pub code: String,
}

/// How many answers a session takes: the dial, and seven keys.
pub const STEPS: usize = 8;

impl Phone {
    pub fn new(phone: u32, session: u32) -> Self {
        Self { phone, session }
    }

    /// What this citizen says.
    pub fn words(self) -> String {
        format!("words {} {}", self.phone, self.session)
    }

    fn typed(self, step: usize) -> String {
        let words = self.words();
        ["2", "2", "1", "1", "1", &words, "1"][..step].join("*")
    }

    /// One callback; none if there was no answer. Any answer but a 200 is a failure of the test:
    /// on USSD there is always a screen.
    pub async fn step(self, http: &reqwest::Client, url: &str, step: usize) -> Option<String> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(
                "sessionId",
                &format!("ATUid_{}_{}", self.phone, self.session),
            )
            .append_pair(
                "phoneNumber",
                &format!("+2507{:08}", 80_000_000 + self.number()),
            )
            .append_pair("networkCode", "63510")
            .append_pair("serviceCode", "*384*7344#")
            .append_pair("text", &self.typed(step))
            .finish();
        let answer = http
            .post(format!("{url}/callbacks/at-rw/ussd"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Passerelle-Secret", "value of AT_RW_SECRET")
            .timeout(Duration::from_secs(10))
            .body(body)
            .send()
            .await
            .ok()?;
        let status = answer.status().as_u16();
        let screen = answer.text().await.ok()?;
        assert_eq!(status, 200, "{screen}");
        Some(screen)
    }

    fn number(self) -> u32 {
        (self.phone * 7919 + self.session) % 10_000_000
    }

    /// Whether this is the screen of this step and no other.
    pub fn is_right(self, step: usize, screen: &str) -> bool {
        match step {
            0 => screen.starts_with("CON ") && screen.contains("Kinyarwanda"),
            1 => screen.starts_with("CON ") && screen.contains("The service was"),
            6 => screen.starts_with("CON ") && screen.contains(&format!("\"{}\"", self.words())),
            7 => screen.starts_with("END ") && screen.contains("code: "),
            _ => screen.starts_with("CON "),
        }
    }

    /// A whole session with a gateway that is well.
    pub async fn file(self, http: &reqwest::Client, url: &str) -> Told {
        let mut screen = String::new();
        for step in 0..STEPS {
            screen = self.step(http, url, step).await.expect("an answer");
            assert!(self.is_right(step, &screen), "step {step}: {screen}");
        }
        Told {
            words: self.words(),
            code: phone::code(&screen),
        }
    }
}
