//! What each code stands for, by topic. Each constant is the code; the table has the rest.

pub(crate) mod data; // lifecycle of data, versions past their end
pub(crate) mod network; // addresses, routes, security groups
pub(crate) mod policies; // what policies name
pub(crate) mod properties; // single values, from the tables
pub(crate) mod security; // what auditors ask for
pub(crate) mod structure; // the tree
pub(crate) mod template; // references, functions, limits
