//! Who hears of a feedback: whoever answers for its subject and place, those who get copies, and a
//! media relay only of what its citizen agreed to publish.

use passerelle::domain::citizen::Caller;
use passerelle::domain::feedback::{Experience, Feedback, Kind};
use passerelle::domain::institution::Institution;
use passerelle::flows::file::{self, Draft, Source};

use super::support::hallway::Hallway;
use super::support::samples::NOW;

fn said(words: &str) -> Draft {
    Draft {
        kind: Kind::Ussd,
        institution: None,
        experience: Some(Experience::Bad),
        place: None,
        text: words.to_owned(),
        language: "fr".into(),
        complete: true,
        confirm_by_sms: false,
        ask: None,
        consent: None,
        sensitive: false,
        subject: None,
        answers: Vec::new(),
    }
}

/// The shipped service, in which the police answers for corruption, and the ministry of health's
/// copies go to the ombudsman, to the schools' institution as a media relay, and praise goes up.
async fn town() -> Hallway {
    Hallway::altered(|service| {
        let mut tie = |id: &str, tie: &dyn Fn(&mut Institution)| {
            let mut all = service.institutions.iter_mut();
            tie(all.find(|i| i.id == id).expect("there"));
        };
        tie("bj-police", &|i| {
            i.ties.subjects = vec!["corruption".into()];
        });
        tie("bj-education", &|i| i.ties.media = true);
        tie("bj-sante", &|i| {
            i.ties.also = vec!["bj-desk".into(), "bj-education".into(), "nobody".into()];
            i.ties.overseen_by = Some("bj-mairies".into());
            i.ties.share_praise = true;
        });
    })
    .await
}

async fn filed(town: &Hallway, draft: Draft) -> Feedback {
    let gateway = &town.gateway;
    let service = gateway.service();
    let channel = service.channels.get("mtn-bj").expect("there");
    let caller = Caller::Unplaced("a phone".into());
    let source = Source {
        channel,
        lookup: gateway.keys().lookup(&caller),
        caller,
        operator: None,
        quiet: false,
        at: NOW,
    };
    let name = [draft.text.clone()];
    let filed = file::file(gateway, &service, &source, &name, draft).await;
    filed.expect("filed")
}

/// The institutions with a letter about it, and the aliases under which they know the citizen.
async fn told(town: &Hallway, feedback: &Feedback) -> Vec<(String, String)> {
    let letters = town.gateway.records.letters_of(&feedback.id).await;
    let mut told: Vec<(String, String)> = letters
        .expect("answers")
        .into_iter()
        .map(|d| {
            let body: serde_json::Value =
                serde_json::from_str(d.letter.body.as_str()).expect("JSON");
            let alias = body["data"]["citizen"]["alias"].as_str();
            (d.letter.institution, alias.expect("an alias").to_owned())
        })
        .collect();
    told.sort();
    told
}

fn names(told: &[(String, String)]) -> Vec<&str> {
    told.iter().map(|(id, _)| id.as_str()).collect()
}

#[tokio::test]
async fn copies_go_to_those_named_and_to_media_only_what_may_be_published() {
    let town = town().await;
    let health = |words: &str| Draft {
        institution: Some("bj-sante".into()),
        ..said(words)
    };
    let told_of = async |draft| told(&town, &filed(&town, draft).await).await;
    let complaint = told_of(health("rien")).await;
    assert_eq!(names(&complaint), ["bj-desk", "bj-sante"]);
    assert_ne!(
        complaint[0].1, complaint[1].1,
        "each has an alias of its own"
    );

    let public = |words, answer: &str| Draft {
        answers: vec![("publish".into(), answer.into())],
        ..health(words)
    };
    let agreed = told_of(public("tout le monde", "yes")).await;
    assert_eq!(names(&agreed), ["bj-desk", "bj-education", "bj-sante"]);
    assert_eq!(
        names(&told_of(public("moi", "no")).await),
        names(&complaint)
    );

    let praise = told_of(Draft {
        experience: Some(Experience::Good),
        ..health("merci")
    });
    assert_eq!(names(&praise.await), ["bj-desk", "bj-mairies", "bj-sante"]);
}

#[tokio::test]
async fn a_subject_goes_to_whoever_answers_for_it_and_what_nobody_does_to_the_desk() {
    let town = town().await;
    let about = |subject: &str| Draft {
        subject: Some(subject.into()),
        place: Some("BJ-LI-01".into()),
        ..said(subject)
    };
    assert_eq!(
        filed(&town, about("Corruption")).await.institution,
        "bj-police"
    );
    assert_eq!(filed(&town, about("violence")).await.institution, "bj-desk");
    assert_eq!(filed(&town, said("rien")).await.institution, "bj-desk");
}
