//! Resources that need each other.

use super::{findings::Findings, model::Model};
use crate::codes;

/// Reports a circle among the resources. An edge goes from a resource to one that it refers to, both by their places.
pub(super) fn check(model: &Model<'_>, mut edges: Vec<(u32, u32)>, findings: &mut Findings) {
    edges.sort_unstable();
    edges.dedup();
    let Some(circle) = find(model.resources.len(), &edges) else { return };
    let id = |place: &u32| model.resources[*place as usize].logical_id;
    let names: Vec<String> = circle.iter().map(|place| format!("`{}`", id(place))).collect();
    let message = match circle.as_slice() {
        [_] => format!("{} refers to itself", names[0]),
        _ => format!("resources need each other: {} → {}", names.join(" → "), names[0]),
    };
    let first = &model.resources[circle[0] as usize];
    findings.add(first, codes::RESOURCE_CYCLE, "", message);
    if circle.len() > 1 {
        let next = circle.iter().cycle().skip(1);
        for (from, on) in circle.iter().zip(next) {
            let text = format!("`{}` refers to `{}`", id(from), id(on));
            findings.note(text, *from as usize);
        }
    }
}

/// A circle, if there is one. Walks without recursion: chains can be long.
fn find(count: usize, edges: &[(u32, u32)]) -> Option<Vec<u32>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let first_of = |from: u32| edges.partition_point(|edge| edge.0 < from);
    let mut states = vec![State::New; count];
    // The way to where we are: each resource with the place of the edge to follow next.
    let mut way: Vec<(u32, usize)> = Vec::new();
    let mut at = 0;
    while let Some(&(start, _)) = edges.get(at) {
        if states[start as usize] == State::New {
            states[start as usize] = State::Open;
            way.push((start, at));
        }
        while let Some((from, next)) = way.last_mut() {
            let edge = edges.get(*next).filter(|edge| edge.0 == *from);
            *next += 1;
            match edge.map(|edge| (edge.1, states[edge.1 as usize])) {
                Some((on, State::Open)) => {
                    let first = way.iter().position(|(from, _)| *from == on)?;
                    return Some(way[first..].iter().map(|(from, _)| *from).collect());
                }
                Some((on, State::New)) => {
                    states[on as usize] = State::Open;
                    way.push((on, first_of(on)));
                }
                Some((_, State::Done)) => {}
                None => {
                    states[*from as usize] = State::Done;
                    way.pop();
                }
            }
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn circles_are_found_and_ladders_are_none() {
        assert_eq!(find(3, &[(0, 1), (0, 2), (1, 2)]), None);
        assert_eq!(find(3, &[(0, 1), (1, 2), (2, 1)]), Some(vec![1, 2]));
        assert_eq!(find(2, &[(1, 1)]), Some(vec![1]));
        assert_eq!(find(0, &[]), None);
    }
}
