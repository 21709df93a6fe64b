use fc_cdk_core::{App, Assembly, Scope, Stack, codes};

use crate::{SOME_RULE, messages, topic};

/// Two topics, each of which breaks a rule: `S/Left/Topic` and `S/Right/Topic`.
fn two(stack: &Stack) -> [Scope; 2] {
    ["Left", "Right"].map(|id| {
        let scope = stack.scope(id);
        topic(&scope, "Topic").report(SOME_RULE.finding("hm"));
        scope
    })
}

/// The paths of what is left, and path and reason of what is allowed.
fn outcome(assembly: &Assembly) -> (Vec<String>, Vec<String>) {
    let left = assembly.diagnostics().iter().map(|found| format!("{} {}", found.code, found.path));
    let allowed = assembly.allowed();
    let allowed = allowed.iter().map(|one| format!("{}: {}", one.diagnostic.path, one.reason));
    (left.collect(), allowed.collect())
}

#[test]
fn an_allowance_is_good_for_all_that_is_below() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    two(&stack);
    stack.allow(SOME_RULE, "it is a test");
    let (left, allowed) = outcome(&app.synth());
    assert_eq!(left, [""; 0]);
    assert_eq!(allowed, ["S/Left/Topic: it is a test", "S/Right/Topic: it is a test"]);
}

#[test]
fn the_nearest_allowance_counts_and_one_further_out_has_to_be_needed_elsewhere() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let [left, right] = two(&stack);
    left.allow(SOME_RULE, "the inner reason");
    stack.allow(SOME_RULE, "the outer reason");
    let (findings, allowed) = outcome(&app.synth());
    assert_eq!(findings, [""; 0]);
    assert_eq!(allowed, ["S/Left/Topic: the inner reason", "S/Right/Topic: the outer reason"]);
    // Now nothing is left for the outer one.
    right.allow(SOME_RULE, "another inner reason");
    insta::assert_snapshot!(messages(&app.synth()), @"
    warning[unused-allow]: `S`: `some-rule` is allowed here, but nothing needs it
      --> fc-cdk/core/tests/it/allowances.rs:39:11
      note: the reason given is: the outer reason
      help: drop the allowance
    ");
}

#[test]
fn a_second_allowance_of_the_same_is_reported_with_the_line_of_the_first() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    two(&stack);
    stack.allow(SOME_RULE, "the reason");
    stack.allow(SOME_RULE, "another reason");
    let assembly = app.synth();
    assert_eq!(outcome(&assembly).1, ["S/Left/Topic: the reason", "S/Right/Topic: the reason"]);
    insta::assert_snapshot!(messages(&assembly), @"
    warning[unused-allow]: `S`: `some-rule` is allowed here already
      --> fc-cdk/core/tests/it/allowances.rs:59:11
      note: it is allowed here first (fc-cdk/core/tests/it/allowances.rs:58:11)
      note: the reason given is: another reason
      help: drop the allowance
    ");
}

#[test]
fn an_unknown_code_is_no_error_but_unused_with_a_proposal() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    stack.allow("public-buckets", "a typing error");
    stack.allow("of-another-crate", "which is not used today");
    insta::assert_snapshot!(messages(&app.synth()), @"
    warning[unused-allow]: `S`: `public-buckets` is allowed here, but nothing needs it
      --> fc-cdk/core/tests/it/allowances.rs:76:11
      note: the reason given is: a typing error
      help: did you mean `public-bucket`?
    warning[unused-allow]: `S`: `of-another-crate` is allowed here, but nothing needs it
      --> fc-cdk/core/tests/it/allowances.rs:77:11
      note: the reason given is: which is not used today
      help: drop the allowance
    ");
}

#[test]
fn what_leaves_no_template_cannot_be_allowed() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    topic(&stack, "Topic");
    stack.allow(codes::DUPLICATE_ID, "we know");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[duplicate-id]: `S`: there is a construct `Topic` in `S` already
      --> fc-cdk/core/tests/it/allowances.rs:95:5
      note: the first one is made here (fc-cdk/core/tests/it/allowances.rs:94:5)
      help: ids are unique within their scope: rename one, or give it a scope of its own
    warning[unused-allow]: `S`: `duplicate-id` cannot be allowed: without it there is no template
      --> fc-cdk/core/tests/it/allowances.rs:96:11
      note: the reason given is: we know
      help: drop the allowance
    ");
}

#[test]
fn an_allowance_without_a_reason_is_an_error_whatever_it_covers() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    two(&stack);
    stack.allow(SOME_RULE, " ");
    let (left, _) = outcome(&app.synth());
    assert_eq!(left, ["allow-without-reason S"]);
}

#[test]
fn an_unused_allowance_may_be_allowed_and_that_has_to_be_needed_too() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    stack.allow(SOME_RULE, "some revisions need it");
    stack.allow(codes::UNUSED_ALLOW, "see above");
    assert_eq!(outcome(&app.synth()), (vec![], vec!["S: see above".to_owned()]));
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    stack.allow(codes::UNUSED_ALLOW, "nothing is unused");
    let (left, allowed) = outcome(&app.synth());
    assert_eq!((left, allowed), (vec!["unused-allow S".to_owned()], vec![]));
}

#[test]
fn a_resource_that_lost_its_id_may_be_allowed_to() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    stack.allow(codes::STATEFUL_ID_LOST, "the table is copied by hand");
    let mut options = fc_cdk_core::SynthOptions::default();
    let lock = "S\tOrders\tAWS::DynamoDB::Table\tS/Orders\n";
    options.set_ids_lock(fc_cdk_core::IdsLock::parse(lock).expect("a lock"));
    let (left, allowed) = outcome(&app.synth_with(&options));
    assert_eq!(left, [""; 0]);
    assert_eq!(allowed, ["S/Orders: the table is copied by hand"]);
}
