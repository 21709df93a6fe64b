//! In which order, and how many at once: each after those that it needs.

use std::future::Future;

use futures_util::stream::{FuturesUnordered, StreamExt};

/// How one of them ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended<T, E> {
    /// Well.
    Done(T),
    /// Badly.
    Failed(E),
    /// It was not begun, because of the one with this index, which it needs.
    Skipped(usize),
}

/// Runs all of them, up to `limit` at once, each once those that it needs are done. What does not need one that failed goes on.
///
/// `needs[i]` are the indices of those that `i` needs; they make no circle.
pub(crate) async fn run<T, E, F: Future<Output = Result<T, E>>>(
    needs: &[Vec<usize>],
    limit: usize,
    mut begin: impl FnMut(usize) -> F,
) -> Vec<Ended<T, E>> {
    let mut ended: Vec<Option<Ended<T, E>>> = needs.iter().map(|_| None).collect();
    let mut begun = vec![false; needs.len()];
    let mut running = FuturesUnordered::new();
    loop {
        skip(needs, &mut ended);
        for index in 0..needs.len() {
            let is_done = |&on: &usize| matches!(ended.get(on), Some(Some(Ended::Done(_))));
            let ready = !begun[index] && ended[index].is_none() && needs[index].iter().all(is_done);
            if ready && running.len() < limit.max(1) {
                begun[index] = true;
                let work = begin(index);
                running.push(async move { (index, work.await) });
            }
        }
        let Some((index, result)) = running.next().await else { break };
        ended[index] = Some(match result {
            Ok(done) => Ended::Done(done),
            Err(error) => Ended::Failed(error),
        });
    }
    // Only a circle could leave some of them out.
    ended.into_iter().enumerate().map(|(index, it)| it.unwrap_or(Ended::Skipped(index))).collect()
}

/// Marks what needs one that failed, or was skipped itself.
fn skip<T, E>(needs: &[Vec<usize>], ended: &mut [Option<Ended<T, E>>]) {
    loop {
        let mut changed = false;
        for index in 0..needs.len() {
            if ended[index].is_some() {
                continue;
            }
            let cause = needs[index].iter().find_map(|&on| match ended.get(on) {
                Some(Some(Ended::Failed(_))) => Some(on),
                Some(Some(Ended::Skipped(cause))) => Some(*cause),
                _ => None,
            });
            if let Some(cause) = cause {
                ended[index] = Some(Ended::Skipped(cause));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The same turned around: what needs whom when everything is taken down.
pub(crate) fn reversed(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut reversed = vec![Vec::new(); needs.len()];
    for (index, on) in needs.iter().enumerate() {
        on.iter().filter(|&&on| on < needs.len()).for_each(|&on| reversed[on].push(index));
    }
    reversed
}

/// Whether `from` needs `to`, directly or by way of others.
pub(crate) fn reaches(needs: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; needs.len()];
    let mut open = vec![from];
    while let Some(index) = open.pop() {
        for &on in needs.get(index).into_iter().flatten() {
            if on == to {
                return true;
            }
            if seen.get(on) == Some(&false) {
                seen[on] = true;
                open.push(on);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, task::Poll};

    use futures_util::future::poll_fn;

    use super::*;

    /// Waits until the executor comes by again.
    async fn pause() {
        let mut polled = false;
        poll_fn(|context| {
            if std::mem::replace(&mut polled, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn check(
        needs: &[&[usize]],
        limit: usize,
        fail: &[usize],
    ) -> (Vec<String>, Vec<Ended<(), ()>>) {
        let needs: Vec<Vec<usize>> = needs.iter().map(|on| on.to_vec()).collect();
        let log = RefCell::new(Vec::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ended = runtime.block_on(run(&needs, limit, |index| {
            let log = &log;
            async move {
                log.borrow_mut().push(format!("+{index}"));
                pause().await;
                log.borrow_mut().push(format!("-{index}"));
                if fail.contains(&index) { Err(()) } else { Ok(()) }
            }
        }));
        (log.into_inner(), ended)
    }

    #[test]
    fn each_begins_after_those_that_it_needs() {
        let (log, ended) = check(&[&[], &[0], &[0], &[1, 2]], 4, &[]);
        let at = |what: &str| log.iter().position(|entry| entry == what).unwrap();
        assert!(at("-0") < at("+1") && at("-0") < at("+2"));
        assert!(at("+2") < at("-1"), "1 and 2 run side by side: {log:?}");
        assert!(at("-1") < at("+3") && at("-2") < at("+3"));
        assert!(ended.iter().all(|it| *it == Ended::Done(())));
    }

    #[test]
    fn no_more_than_the_limit_run_at_once() {
        let (log, _) = check(&[&[], &[], &[]], 1, &[]);
        assert_eq!(log, ["+0", "-0", "+1", "-1", "+2", "-2"]);
    }

    #[test]
    fn a_failure_stops_what_needs_it_and_nothing_else() {
        let (log, ended) = check(&[&[], &[0], &[], &[1]], 4, &[0]);
        assert!(!log.contains(&"+1".to_owned()) && !log.contains(&"+3".to_owned()));
        assert_eq!(
            ended,
            [Ended::Failed(()), Ended::Skipped(0), Ended::Done(()), Ended::Skipped(0)]
        );
    }

    #[test]
    fn needs_can_be_turned_around_and_followed() {
        let needs = vec![vec![], vec![0], vec![1]];
        assert_eq!(reversed(&needs), vec![vec![1], vec![2], vec![]]);
        assert!(reaches(&needs, 2, 0));
        assert!(!reaches(&needs, 0, 2));
    }
}
