//! The gateway with what it really runs on: Redis, files, sockets. One binary, so that it is
//! linked once and shares one Redis; every test has its own key prefix or its own folder.

#![expect(clippy::panic, reason = "helpers of tests panic as tests do")]

mod accounts;
mod addresses;
mod answering;
mod borders;
mod by_menu;
mod consent;
mod copies;
mod deliveries;
mod dialects;
mod drill_backlog;
mod drill_leaks;
mod drill_postgres;
mod drills;
mod endpoints;
mod following;
mod fourth_country;
mod handing_on;
mod journeys;
mod listening;
mod limits;
mod long_messages;
mod mails;
mod old_numbers;
mod opt_outs;
mod outside;
mod phone_keys;
mod quiet_hours;
mod registering;
mod rotating;
mod resume;
mod retaining;
mod rights;
mod rights_by_command;
mod sensitive;
mod shutdown;
mod store_durable;
mod store_instances;
mod store_letters;
mod store_moving;
mod store_parts;
mod store_postgres;
mod store_receipts;
mod store_records;
mod store_replies;
mod store_sessions;
mod store_sessions_down;
mod store_sessions_kinds;
mod store_turns;
mod support;
mod transcripts;
mod troubles;
