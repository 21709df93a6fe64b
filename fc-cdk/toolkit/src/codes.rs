//! The codes of what commands fail by, beside the findings in an app: `error[data-loss]`, explained by `explain data-loss`.

use fc_cdk_core::rules::Group;

/// All of them, by topic.
pub(crate) const GROUPS: [Group; 3] = [DEPLOYMENTS, CALLS, COMMANDS];

fc_cdk_core::rules! {
    /// What a deployment is refused for, or fails by.
    pub(crate) const DEPLOYMENTS = "Deployments";
    DATA_LOSS = "data-loss", Error, "a deployment would delete what holds data";
        why "A bucket, table, database or volume is removed, replaced or made under another logical id, and its policy does not keep it: the data would be gone, and a rollback does not bring it back. The command does nothing and exits with 3.";
        fix "keep it by `removal_policy(RemovalPolicy::Retain)`, keep its logical id by `moved!`, undo the change that replaces it; or, if it is meant, name it by `--allow-data-loss PATH`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html";
    OUTPUT_IN_USE = "output-in-use", Error, "another stack reads an output that would go";
        why "The other stack would be left with a value that nothing keeps up to date, or CloudFormation would refuse. The command does nothing and exits with 3.";
        fix "deploy or delete the other stack along, by its name or `--all`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html";
    NEEDS_APPROVAL = "needs-approval", Error, "a change needs a yes, and nobody is there to say it";
        why "Somebody can do more after the deployment than before, stacks are deleted, or every change is to be approved. Without a terminal nobody can be asked: the command does nothing and exits with 3.";
        fix "look at the changes that are shown, and run it again with `--yes`; or let only what you choose be asked for by `--require-approval`";
        docs "https://docs.aws.amazon.com/cdk/v2/guide/cli.html";
    NOT_AS_PLANNED = "not-as-planned", Error, "what would be done is not what was planned";
        why "The app, the account or the deployed stack changed after `plan` wrote its file, so that nobody has looked at what would happen now. The command does nothing and exits with 3.";
        fix "write the plan anew by `plan -o FILE`, and look at it";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html";
    TERMINATION_PROTECTED = "termination-protected", Error, "a stack that is protected from it would be deleted";
        why "Somebody switched the protection on, so that the stack is not deleted by mistake. The command does nothing and exits with 3.";
        fix "if it is meant, take `with_termination_protection` out of the code, deploy, and delete the stack then";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html";
    WRONG_ACCOUNT = "wrong-account", Error, "the credentials are for another account than the stack";
        why "The stack names its account. The role that the bootstrap stack of that account has for deployments could not be taken, so nothing was done there.";
        fix "take credentials of the stack's account by `--profile`, or bootstrap it so that it trusts yours";
        docs "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html";
    NOT_ACCEPTED = "not-accepted", Error, "CloudFormation does not accept the change set";
        why "It checks the template against the account before it does anything: names that are taken, references, quotas, permissions. Nothing has been changed.";
        fix "correct what it says; `validate --online` and `forecast` hear of it without a deployment";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html";
    ROLLED_BACK = "rolled-back", Error, "a deployment failed, and CloudFormation took it back";
        why "A resource could not be made or changed. The stack is as it was before, but for what its policies keep. The first cause is the one that matters: what failed after it was canceled because of it. The command exits with 4.";
        fix "correct the first cause, and deploy again";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html";
    NEEDS_ATTENTION = "stack-needs-attention", Error, "a stack is in a state that does not end by itself";
        why "A deployment, a rollback or a deletion stopped halfway, and CloudFormation takes no further one until that is settled. `docs/stack-states.md` tells every state. The command exits with 5.";
        fix "correct what `events --failures` shows, and run `deploy --recover`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html";
    STACK_BUSY = "stack-busy", Error, "somebody else changes the stack at the same time";
        why "CloudFormation does one thing at a time to a stack, and what was prepared is obsolete once another deployment is done.";
        fix "run the command again when the other deployment has ended";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html";
    STACK_GONE = "stack-gone", Error, "a stack or its change set was deleted meanwhile";
        why "Somebody deleted it while the command was at work.";
        fix "ask who did, and run the command again: it begins from what is there";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-delete-stack.html";
    INTERRUPTED = "interrupted", Error, "the command was interrupted";
        why "What CloudFormation has begun goes on without the command.";
        fix "`deploy` follows what goes on and does the rest; `events` shows what happened";
        docs "";
    NOT_BOOTSTRAPPED = "not-bootstrapped", Error, "the account is not prepared for deployments in this region";
        why "Larger templates, and what functions and servers run, go into a bucket that is made once for each account and region.";
        fix "run the command `bootstrap` once for this account and region";
        docs "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html";
    OTHER_BOOTSTRAP = "other-bootstrap", Error, "the bootstrap stack that is there is newer, or of another kind";
        why "To put another one in its place could take away what other apps deploy with. The command does nothing and exits with 3.";
        fix "leave it as it is, give the flags that it was made with, or replace it by `--force`";
        docs "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html";
}

fc_cdk_core::rules! {
    /// What calls of AWS fail by.
    pub(crate) const CALLS = "Calls of AWS";
    NO_CREDENTIALS = "no-credentials", Error, "there are no valid credentials";
        why "None were found, or they have expired. Where a deployment was on its way, AWS goes on with what it has begun.";
        fix "sign in by `aws sso login` or `aws configure`, or name a profile by `--profile`, and run the command again: it goes on where AWS is";
        docs "https://docs.aws.amazon.com/sdkref/latest/guide/access.html";
    ACCESS_DENIED = "access-denied", Error, "the credentials may not do this";
        why "A policy of the caller does not allow the call, or one of the organization or a boundary denies it.";
        fix "let the role or user have the permission that is named, or take another by `--profile`; `bootstrap --least-privilege` makes a role that may do what the app needs";
        docs "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";
    THROTTLED = "throttled", Error, "AWS asks for fewer calls";
        why "The account made more calls than AWS takes, and still did after several tries with growing pauses.";
        fix "run the command again in a few minutes: it goes on where AWS is; deploy fewer stacks at once by `--concurrency`";
        docs "https://docs.aws.amazon.com/general/latest/gr/api-retries.html";
    UNREACHABLE = "aws-unreachable", Error, "AWS cannot be reached";
        why "There is no network, a proxy is in the way, or the region or endpoint does not exist.";
        fix "check the network, `--region` and `--endpoint-url`, and run the command again: it goes on where AWS is";
        docs "https://docs.aws.amazon.com/general/latest/gr/rande.html";
    AWS_FAILED = "aws-failed", Error, "AWS has an error of its own";
        why "The service answered that it could not do it, several times.";
        fix "run the command again in a few minutes: it goes on where AWS is";
        docs "https://health.aws.amazon.com/health/status";
    QUOTA_REACHED = "quota-reached", Error, "a quota of the account is reached";
        why "AWS makes no more of it in this account and region.";
        fix "ask for more, or use less";
        docs "https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html";
    NO_REGION = "no-region", Error, "no region is known to deploy to";
        why "Neither the stack, nor the command line, nor the environment names one, and a guess could deploy to the wrong place.";
        fix "give `--region`, set `AWS_REGION`, or name the region of the stack by `with_environment`";
        docs "https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html";
}

fc_cdk_core::rules! {
    /// What is wrong with the command line, its files and the app itself.
    pub(crate) const COMMANDS = "Command line";
    APP_PANICKED = "app-panicked", Error, "the code of the app panicked";
        why "A panic ends the app before all of it is built, so there is nothing to check and nothing is written.";
        fix "look at the line that is named; what a construct does not take, report as a finding by `Scope::report`, so that all mistakes are told at once";
        docs "https://doc.rust-lang.org/book/ch09-01-unrecoverable-errors-with-panic.html";
    UNKNOWN_STACK = "no-such-stack", Error, "no stack has this name";
        why "Stacks are named by their paths in the app, such as `Prod/Network`, by their names in CloudFormation, or by a pattern.";
        fix "correct the name; `list` shows all";
        docs "";
    NESTED_STACK = "nested-stack", Error, "a nested stack is named";
        why "The stack around it deploys it; by itself it would be another stack.";
        fix "name the stack around it, or give the other stack a name of its own by `with_stack_name`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html";
    WHICH_STACKS = "which-stacks", Error, "the app has several stacks, and none is named";
        why "To deploy all of them because nothing was said could be more than is meant.";
        fix "name some, or all by `--all`";
        docs "";
    BAD_CONTEXT = "bad-context", Error, "a context value cannot be read";
        why "`cdk.json`, `cdk.context.json` and the variables that the `cdk` CLI sets are JSON objects.";
        fix "correct the file or the variable that is named";
        docs "https://docs.aws.amazon.com/cdk/v2/guide/context.html";
    BAD_IDS_LOCK = "bad-ids-lock", Error, "the lock of logical ids cannot be read";
        why "It says which logical ids hold data. Without it `synth` could not tell that one vanishes.";
        fix "take the file back from version control, or delete it and run `synth --accept-ids`";
        docs "";
    NOT_WRITTEN = "assembly-not-written", Error, "the cloud assembly cannot be written";
        why "The folder cannot be written, or holds something that is no assembly and would be lost. What was there is as it was.";
        fix "name another folder by `--output`, or move away what is there";
        docs "";
    NO_TEMPLATE = "no-template", Error, "there is no template where one is expected";
        why "A file or folder was named that has none, or one that cannot be read as a template.";
        fix "name the file itself to hear why it is none";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html";
    OLD_CLI = "cdk-cli-too-old", Error, "the `cdk` CLI is too old to read the assembly";
        why "The form of the assembly has a version, which this CLI does not know yet.";
        fix "update it: npm install -g aws-cdk@2";
        docs "https://docs.aws.amazon.com/cdk/v2/guide/cli.html";
    MISSING_FEATURE = "missing-feature", Error, "this build of the app is without what the command needs";
        why "The client of AWS and AWS's rules take minutes to build, so that apps are built without them unless asked.";
        fix "run the command that is shown, which builds the app with the cargo feature";
        docs "";
    BAD_GUARD_RULES = "bad-guard-rules", Error, "a file of Guard rules cannot be read";
        why "A rule that cannot be read would check nothing, and nobody would notice.";
        fix "correct the line that is named";
        docs "https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html";
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::rules;

    #[test]
    fn no_code_stands_for_two_things() {
        let own = [&crate::parameters::rules::RULES, &crate::forecast::rules::RULES];
        let groups = super::GROUPS.iter().chain(rules::GROUPS).chain(own);
        let mut codes: Vec<&str> =
            groups.flat_map(|(_, rules)| *rules).map(|rule| rule.code).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
