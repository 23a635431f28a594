//! Ten minutes off, both ways, each of the three clocks: which one it is, and that a token's end or beginning is put down
//! to it.

use serde_json::json;

use super::super::testing::{Case, NOW};
use super::super::{Cause, Confidence, Remedy};
use super::{cause, invalid};

const TEN_MINUTES: i64 = 600;

fn summary(case: &Case) -> String {
    case.diagnose().unwrap().summary
}

#[test]
fn the_apis_clock_is_off() {
    let ahead = Case::new(401).provider_ahead(0).api_ahead(TEN_MINUTES);
    assert_eq!(cause(&ahead), (Cause::ClockSkew, Confidence::Certain));
    assert_eq!(
        summary(&ahead),
        "By the API's clock the token ended 5 min ago, by its provider's it ends in 5 min: the API's clock is 10 min ahead \
         of those of the provider and of this machine, which agree."
    );
    let diagnosis = ahead.diagnose().unwrap();
    assert!(diagnosis.advice.contains("The API's owner"), "{}", diagnosis.advice);
    assert!(diagnosis.ruled_out.contains(&Cause::Expired), "{:?}", diagnosis.also);

    let behind = Case::new(401).provider_ahead(0).api_ahead(-TEN_MINUTES);
    assert_eq!(cause(&behind), (Cause::ClockSkew, Confidence::VeryLikely));
    assert!(summary(&behind).contains("its iat is 10 min ahead of the API's clock"), "{}", summary(&behind));
    assert!(summary(&behind).contains("the API's clock is 10 min behind"), "{}", summary(&behind));
}

#[test]
fn the_providers_clock_is_off() {
    let ahead = Case::new(401).provider_ahead(TEN_MINUTES).api_ahead(0);
    assert_eq!(cause(&ahead), (Cause::ClockSkew, Confidence::VeryLikely));
    assert!(
        summary(&ahead).contains("the provider's clock is 10 min ahead of those of the API"),
        "{}",
        summary(&ahead)
    );
    let said = ahead.challenge(&invalid("The token was issued 600 s in the future; check the clocks"));
    assert_eq!(cause(&said), (Cause::ClockSkew, Confidence::Certain));

    let behind = Case::new(401).provider_ahead(-TEN_MINUTES).api_ahead(0);
    assert_eq!(cause(&behind), (Cause::ClockSkew, Confidence::Certain));
    let diagnosis = behind.diagnose().unwrap();
    assert!(diagnosis.summary.contains("the provider's clock is 10 min behind"), "{}", diagnosis.summary);
    assert!(diagnosis.advice.contains("The provider's operator"), "{}", diagnosis.advice);

    // What stands in front of a provider may write a right Date: the token's iat tells.
    let proxied = Case { provider_ahead: Some(0), ..ahead_of_its_proxy() };
    assert!(summary(&proxied).contains("the provider's clock is 10 min ahead"), "{}", summary(&proxied));
}

fn ahead_of_its_proxy() -> Case {
    Case::new(401).provider_ahead(TEN_MINUTES).api_ahead(0)
}

#[test]
fn this_machines_clock_is_off() {
    // It is behind, so the token that has ended was taken for one that lives.
    let behind = Case::new(401).provider_ahead(TEN_MINUTES).api_ahead(TEN_MINUTES);
    let behind = behind.claim("iat", json!(NOW + 200)).claim("exp", json!(NOW + 500));
    assert_eq!(cause(&behind), (Cause::Expired, Confidence::Certain));
    let diagnosis = behind.diagnose().unwrap();
    assert_eq!(diagnosis.remedy, Some(Remedy::NewToken));
    let also = diagnosis.also.join(" ");
    assert!(also.contains("clock-skew") && also.contains("this machine's clock is 10 min behind"), "{also}");

    // It is ahead: nothing is wrong with the token for anybody else.
    let ahead = Case::new(401).provider_ahead(-TEN_MINUTES).api_ahead(-TEN_MINUTES);
    assert_eq!(cause(&ahead).0, Cause::Unknown);
}

#[test]
fn without_the_providers_clock_two_clocks_disagree() {
    let case = Case::new(401).api_ahead(-TEN_MINUTES);
    assert_eq!(cause(&case).0, Cause::ClockSkew);
    assert!(summary(&case).contains("which of them is right cannot be told"), "{}", summary(&case));
}

#[test]
fn nbf_counts_to_the_second_more_than_iat() {
    let case = Case::new(401).api_ahead(0).claim("nbf", json!(NOW + 30));
    assert_eq!(cause(&case), (Cause::ClockSkew, Confidence::Certain));
    assert!(summary(&case).contains("its nbf is 30 s ahead"), "{}", summary(&case));
    let unclear = Case::new(401).claim("iat", json!(NOW + 60));
    assert_eq!(cause(&unclear), (Cause::ClockSkew, Confidence::Possible));
}

#[test]
fn clocks_that_agree_and_refusals_of_good_tokens_are_left_alone() {
    for seconds in [-4, 0, 4] {
        let case = Case::new(401).provider_ahead(seconds).api_ahead(0).claim("iat", json!(NOW + seconds));
        assert_ne!(cause(&case).0, Cause::ClockSkew, "{seconds}");
    }
    // A 403 comes after the token was taken for good.
    let scoped = Case::new(403).provider_ahead(0).api_ahead(-TEN_MINUTES);
    assert_ne!(cause(&scoped).0, Cause::ClockSkew);
    assert_eq!(cause(&Case::new(401).challenge(&invalid("The token is not yet valid"))).0, Cause::ClockSkew);
}
