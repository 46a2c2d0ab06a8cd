//! The shipped service, loaded once.

#![allow(dead_code, reason = "each target uses a part")]

use std::sync::{Arc, OnceLock};

use passerelle::config::{self, Environment, Files, Rules};
use passerelle::domain::channel::Channel;
use passerelle::domain::menu::Scene;
use passerelle::domain::service::Service;
use passerelle::domain::text::Folding;

pub fn shipped() -> &'static Service {
    static SHIPPED: OnceLock<Arc<Service>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let nothing = Environment::of([] as [(&str, &str); 0]);
        let config = config::load(&Files::embedded(), &nothing, &Rules::CHECK);
        config.expect("the shipped files are sound").service
    })
}

/// A channel with a menu, its screens cut and folded as `choice` says.
pub fn channel(choice: u8) -> Channel {
    const IDS: [&str; 3] = ["mtn-bj", "at-rw", "mtn-cg"];
    const BUDGETS: [usize; 4] = [150, 182, 100, 60];
    let id = IDS[usize::from(choice) % IDS.len()];
    let mut channel = shipped().channels[id].as_ref().clone();
    channel.budget = BUDGETS[usize::from(choice >> 2) % BUDGETS.len()];
    // Only the smallest screens need the smallest alphabet to be readable.
    if choice & 0x80 != 0 || channel.budget < 150 {
        channel.folding = Folding::Ascii;
    }
    channel
}

pub fn scene(channel: &Channel) -> Scene<'_> {
    let service = shipped();
    let country = service.country(&channel.country).expect("a country");
    Scene::new(service, country, channel, &service.menus[&channel.menu])
}
