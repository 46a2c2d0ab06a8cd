//! A company that only takes messages: nothing that it would call is known.

use super::{NO_SUCH_DOOR, empty, plain};
use crate::aggregators::{Interpreter, Reply, Sender};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Response};
use crate::domain::inbound::{Inbound, Unreadable, Ussd};
use crate::domain::menu::Screen;

/// An interpreter whose only direction is out.
pub struct SendOnly {
    /// The name that channel files use.
    pub name: &'static str,
    /// How to send.
    pub sender: &'static dyn Sender,
}

impl Interpreter for SendOnly {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read(&self, _: &Channel, _: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        Err(NO_SUCH_DOOR)
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        plain(screen).into()
    }

    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        empty()
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self.sender)
    }
}
