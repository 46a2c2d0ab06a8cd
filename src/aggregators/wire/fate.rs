//! The words and codes for what became of a message that several dialects share.
//! Whatever is not in a list is [`Fate::Unknown`]: an unknown word is never a failure.

use crate::domain::inbound::Fate;

/// Message states of SMPP 3.4 (section 5.2.28) in their short form (`DELIVRD`), spelled out as
/// MTN's v3 does, and the delivery statuses of `ParlayX` (`DeliveredToTerminal`).
pub fn named(status: &str) -> Fate {
    match status.to_ascii_lowercase().as_str() {
        "delivrd" | "delivered" | "deliveredtoterminal" => Fate::Delivered,
        "acceptd"
        | "accepted"
        | "enroute"
        | "deliveryuncertain"
        | "deliveredtonetwork"
        | "messagewaiting"
        | "deliverynotificationnotsupported" => Fate::Underway,
        "expired" | "deleted" | "undeliv" | "undelivered" | "rejectd" | "rejected"
        | "deliveryimpossible" => Fate::Failed,
        _ => Fate::Unknown,
    }
}

/// Kannel's code for a delivery report, the `%d` of `dlr-url` (user guide, "SMS Delivery
/// reports"): 0 and others occur in the wild and mean nothing certain.
pub fn kannel(code: &str) -> Fate {
    match code {
        "1" => Fate::Delivered,
        "2" | "16" => Fate::Failed,
        "4" | "8" | "32" => Fate::Underway,
        _ => Fate::Unknown,
    }
}
