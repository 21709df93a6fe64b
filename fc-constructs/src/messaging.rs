//! Messages between services and to people: topics.

mod topic; // SNS topics

pub use self::topic::{Topic, TopicBuilder};
