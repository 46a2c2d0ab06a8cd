//! Addresses with which something is wrong, and another chance for them.

use anyhow::bail;
use clap::Args;

use super::Desk;
use super::table::{columns, shown};
use crate::domain::webhook::rfc3339;
use crate::store::records::Trouble;

/// Whose addresses get another chance.
#[derive(Args)]
pub(super) struct Enable {
    /// The institution.
    institution: String,
    /// Only this address.
    #[arg(long)]
    url: Option<String>,
}

/// For eyes: headings and aligned columns. For a pipe: the bare cells between tabs.
pub(super) fn table(troubles: &[Trouble], for_eyes: bool) -> String {
    let rows = troubles.iter().map(|trouble| {
        let state = match trouble.disabled_at {
            Some(_) => "disabled",
            None => "failing",
        };
        let why = trouble.why.map(|why| why.to_string());
        [
            trouble.institution.clone(),
            state.to_owned(),
            rfc3339(trouble.failing_since),
            trouble.disabled_at.map(rfc3339).unwrap_or_default(),
            shown(&trouble.url).to_owned(),
            why.unwrap_or_default(),
        ]
    });
    let headings = [
        "INSTITUTION",
        "STATE",
        "FAILING SINCE",
        "DISABLED",
        "ADDRESS",
        "WHY",
    ];
    columns(headings, rows.collect(), for_eyes)
}

impl Desk {
    /// Forgets what was wrong with addresses. A running `serve` learns of it within seconds.
    pub(super) async fn enable(&self, enable: &Enable) -> anyhow::Result<String> {
        let (whose, url) = (enable.institution.as_str(), enable.url.as_deref());
        let mut forgiven = 0;
        for records in &self.stores {
            forgiven += records.forgive(Some(whose), url).await?;
        }
        if forgiven == 0 {
            bail!(
                "nothing is wrong with such an address of {whose}: see `passerelle deliveries endpoints`"
            );
        }
        Ok(format!(
            "{whose} is tried again within seconds; send what was given up with \
             `passerelle deliveries replay --all-dead --institution {whose}`"
        ))
    }
}
