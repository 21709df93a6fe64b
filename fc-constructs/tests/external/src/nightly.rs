//! [`Nightly`]: a function that runs once a night.

use fc_cdk::{aws::events, prelude::*};
use fc_constructs::{
    messaging::{Queue, Topic},
    monitoring::{Alarm, Threshold},
    security::{Grantee, Role},
    serverless::{Code, Function},
};

/// The rules of this construct.
pub mod codes {
    fc_cdk::rules! {
        pub const RULES = "Reports";
        NO_NIGHT = "reports-no-night", Error, "a report is to be written at an hour that is not of the night";
            why "By day the report would take the database's time from visitors.";
            fix "give an hour from 0 to 5";
            docs "";
    }
}

/// A function that runs once a night, keeps what it could not do in a queue, and says so to a topic.
#[derive(Clone)]
pub struct Nightly {
    /// What runs.
    pub function: Function,
    /// What it could not do.
    pub failed: Queue,
    /// Says that there is something that it could not do.
    pub alarm: Alarm,
}

impl Nightly {
    /// The first hour of the day in UTC in which it may run, and the one after the last.
    pub const HOURS: std::ops::Range<u8> = 0..6;

    /// Makes it below a scope, for an hour of the night in UTC. The code is Python, with a function `handler` in it.
    #[track_caller]
    pub fn new(scope: &Scope, id: &str, hour: u8, code: &str, alarms: &Topic) -> Nightly {
        let scope = scope.construct(id);
        if !Nightly::HOURS.contains(&hour) {
            let message = format!("{hour} is no hour of the night");
            scope.report(Diagnostic::error(codes::NO_NIGHT, message).property("hour"));
        }
        let failed = Queue::builder().build(&scope, "Failed");
        let function = Function::builder()
            .runtime("python3.13")
            .handler("index.handler")
            .code(Code::Inline(code.to_owned()))
            .dead_letter_queue(failed.clone())
            .build(&scope, "Function");
        let rule = events::Rule::new()
            .schedule_expression(format!("cron(0 {hour} * * ? *)"))
            .targets([events::Target::new().id("Function").arn(&function)])
            .build(&scope, "Rule");
        function.allow_invoke("Rule", "events.amazonaws.com", &rule);
        let alarm = Alarm::builder()
            .metric(failed.metric_messages())
            .threshold(Threshold::above(0))
            .evaluation_periods(1u32)
            .topics([alarms.clone()])
            .build(&scope, "Alarm");
        Nightly { function, failed, alarm }
    }
}

impl Grantee for Nightly {
    fn grant_role(&self) -> &Role {
        self.function.grant_role()
    }
}
