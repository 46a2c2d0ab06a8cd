use passerelle::config::{Environment, Files, Rules, load};

#[test]
fn the_shipped_configuration_is_right() {
    let environment = Environment::of::<&str, &str>([]);
    let config = load(&Files::embedded(), &environment, &Rules::CHECK)
        .unwrap_or_else(|report| panic!("{report}"));
    println!("{}", config.remarks.text(false));
    println!("{}", config.remarks.json());
}
