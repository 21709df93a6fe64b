//! Tests of the engine from outside, on other people's data.

mod corpus; // real templates, read and written back
