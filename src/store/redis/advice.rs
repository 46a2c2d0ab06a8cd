//! What an operator should change about a Redis before it takes a citizen's session away.

use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::{Cmd, FromRedisValue, RedisError, Value};

use super::wire::Wire;

/// Asks every server for its memory settings. `INFO` and not `CONFIG`, which hosted ones refuse.
pub(super) async fn of(wire: Wire, place: &str) -> Result<Vec<String>, RedisError> {
    let info: Cmd = redis::cmd("INFO").arg("memory").to_owned();
    let told: Vec<(String, String)> = match wire {
        Wire::One(mut one) => {
            let told: String = info.query_async(&mut one).await?;
            vec![(place.to_owned(), told)]
        }
        Wire::Cluster(mut cluster) => {
            let masters = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
            let told = cluster.route_command(info, masters).await?;
            let told: Vec<(String, Value)> = FromRedisValue::from_redis_value(told)?;
            told.into_iter()
                .filter_map(|(node, told)| Some((node, String::from_redis_value(told).ok()?)))
                .collect()
        }
    };
    let advice = told.iter().filter_map(|(place, told)| advice(place, told));
    Ok(advice.collect())
}

fn advice(place: &str, info: &str) -> Option<String> {
    let field = |name: &str| {
        let lines = info.lines();
        lines
            .filter_map(|l| l.split_once(':'))
            .find(|l| l.0 == name)
    };
    // Managed servers leave lines out: what is not known is not complained of.
    let (_, policy) = field("maxmemory_policy")?;
    (policy.trim() != "noeviction").then(|| {
        format!(
            "Redis at {place} drops sessions that live when its memory is full \
             (maxmemory-policy {}): run `CONFIG SET maxmemory-policy noeviction` and put \
             `maxmemory-policy noeviction` into its redis.conf",
            policy.trim()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_policy_that_drops_is_complained_of() {
        let info = |policy: &str| {
            format!("# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:{policy}\r\nused:1\r\n")
        };
        assert_eq!(advice("h:1", &info("noeviction")), None);
        assert_eq!(advice("h:1", "# Memory\r\n"), None);
        let said = advice("h:1", &info("allkeys-lru")).expect("advice");
        assert!(
            said.contains("h:1") && said.contains("allkeys-lru"),
            "{said}"
        );
        assert!(advice("h:1", &info("volatile-ttl")).is_some());
    }
}
