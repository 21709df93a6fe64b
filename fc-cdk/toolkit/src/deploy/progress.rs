//! [`Progress`]: what is told while stacks are deployed: bars on a terminal, lines elsewhere, JSON lines for programs.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use fc_cdk_core::{Map, Node, StackArtifact};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::event_line;
use crate::{
    aws::{cloudformation::StackEvent, time::Time},
    error::Error,
    terminal::{Paint, Terminal},
};

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A bar for each stack and each resource at work.
    Bars,
    /// A line for each event.
    Lines,
    /// An object in a line for each event.
    Json,
}

/// What is told, by one run of a command.
pub(crate) struct Progress<'t> {
    terminal: RefCell<&'t mut Terminal>,
    style: Style,
    bars: MultiProgress,
    stacks: RefCell<BTreeMap<String, StackBars>>,
    times: RefCell<Vec<Timing>>,
}

/// The bars of a stack.
struct StackBars {
    bar: ProgressBar,
    resources: BTreeMap<String, ProgressBar>,
}

/// How long something took.
#[derive(Clone, Debug)]
struct Timing {
    stack: String,
    what: String,
    elapsed: Duration,
}

impl<'t> Progress<'t> {
    /// Tells on this terminal: JSON where that is asked for, bars where somebody sees them.
    pub(crate) fn new(terminal: &'t mut Terminal, json: bool) -> Progress<'t> {
        let style = match (json, terminal.is_interactive()) {
            (true, _) => Style::Json,
            (false, true) => Style::Bars,
            (false, false) => Style::Lines,
        };
        Progress {
            terminal: RefCell::new(terminal),
            style,
            bars: MultiProgress::new(),
            stacks: RefCell::default(),
            times: RefCell::default(),
        }
    }

    /// Whether programs read this.
    pub(crate) fn is_json(&self) -> bool {
        self.style == Style::Json
    }

    /// Colors for what is told.
    pub(crate) fn paint(&self) -> Paint {
        self.terminal.borrow().err_paint()
    }

    /// Asks a question; see [`Terminal::ask`].
    pub(crate) fn ask(&self, question: &str) -> Result<bool, Error> {
        self.bars.suspend(|| self.terminal.borrow_mut().ask(question))
    }

    /// Whether somebody is there to answer.
    pub(crate) fn is_interactive(&self) -> bool {
        self.terminal.borrow().is_interactive()
    }

    /// Says something.
    pub(crate) fn say(&self, text: &str) {
        if self.style == Style::Json {
            self.json("note", [("message", text.into())]);
        } else {
            self.bars.suspend(|| self.terminal.borrow_mut().note(text));
        }
        let _ = self.terminal.borrow_mut().flush();
    }

    /// Writes a line of the result to standard output.
    pub(crate) fn print(&self, line: &str) {
        self.bars.suspend(|| {
            // A reader that has gone does not stop a deployment.
            let _ = self.terminal.borrow_mut().line(line);
        });
    }

    /// Writes an object in a line to standard output, where programs read this.
    pub(crate) fn json(&self, kind: &str, entries: impl IntoIterator<Item = (&'static str, Node)>) {
        if self.style != Style::Json {
            return;
        }
        let mut map = Map::new();
        map.insert("type", kind);
        entries.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
        let mut terminal = self.terminal.borrow_mut();
        // A reader that has gone does not stop a deployment.
        let _ = terminal.line(Node::Map(map).to_json());
        let _ = terminal.flush();
    }

    /// A stack is begun: what is done, and how many resources may be about to change.
    pub(crate) fn begin(&self, stack: &str, doing: &str, resources: usize) {
        self.json("stack", [("stack", stack.into()), ("status", doing.into())]);
        match self.style {
            Style::Json => {}
            Style::Lines => self.say(&format!("{}: {doing}", self.paint().bold(stack))),
            Style::Bars => {
                let bar = self.bars.add(ProgressBar::new(u64::try_from(resources).unwrap_or(0)));
                if let Ok(style) =
                    ProgressStyle::with_template("{prefix} [{bar:24}] {pos}/{len} {elapsed} {msg}")
                {
                    bar.set_style(style.progress_chars("=> "));
                }
                bar.set_prefix(stack.to_owned());
                bar.set_message(doing.to_owned());
                bar.enable_steady_tick(Duration::from_millis(250));
                let bars = StackBars { bar, resources: BTreeMap::new() };
                self.stacks.borrow_mut().insert(stack.to_owned(), bars);
            }
        }
    }

    /// Something happened to a stack or a resource.
    pub(crate) fn event(&self, stack: &str, artifacts: &[&StackArtifact], event: &StackEvent) {
        match self.style {
            Style::Json => {
                let Node::Map(map) = event_line::to_json(artifacts, event) else { return };
                let mut entries = Map::new();
                entries.insert("type", "event");
                entries.insert("deploying", stack);
                map.into_iter().for_each(|(key, value)| drop(entries.insert(key, value)));
                let mut terminal = self.terminal.borrow_mut();
                let _ = terminal.line(Node::Map(entries).to_json());
                let _ = terminal.flush();
            }
            Style::Lines => self.say(&event_line::plain(artifacts, event, self.paint())),
            Style::Bars => {
                if event.is_failure() {
                    self.say(&event_line::plain(artifacts, event, self.paint()));
                }
                self.move_bars(stack, event);
            }
        }
    }

    fn move_bars(&self, stack: &str, event: &StackEvent) {
        let mut stacks = self.stacks.borrow_mut();
        let Some(bars) = stacks.get_mut(stack) else { return };
        if event.is_of_stack() {
            bars.bar.set_message(event.status.clone());
            return;
        }
        let key = format!("{}/{}", event.stack_id, event.logical_id);
        if event.status.ends_with("_IN_PROGRESS") {
            let below = bars.resources.values().last().unwrap_or(&bars.bar).clone();
            let bar = bars.resources.entry(key).or_insert_with(|| {
                let bar = self.bars.insert_after(&below, ProgressBar::new_spinner());
                if let Ok(style) = ProgressStyle::with_template("  {spinner} {elapsed} {msg}") {
                    bar.set_style(style);
                }
                bar.enable_steady_tick(Duration::from_millis(250));
                bar
            });
            bar.set_message(format!("{} {} {}", event.logical_id, event.type_name, event.status));
        } else {
            if let Some(bar) = bars.resources.remove(&key) {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
            bars.bar.inc(1);
            bars.bar.set_length(bars.bar.length().unwrap_or(0).max(bars.bar.position()));
        }
    }

    /// A stack is done, for good or ill.
    pub(crate) fn end(&self, stack: &str, result: &str, good: bool, elapsed: Duration) {
        if let Some(bars) = self.stacks.borrow_mut().remove(stack) {
            for bar in bars.resources.values() {
                bar.finish_and_clear();
            }
            bars.bar.finish_and_clear();
        }
        self.json(
            "stack",
            [
                ("stack", stack.into()),
                ("status", result.into()),
                ("ok", good.into()),
                ("seconds", seconds(elapsed).into()),
            ],
        );
        if self.style != Style::Json {
            let paint = self.paint();
            let result = if good { result.to_owned() } else { paint.red(result) };
            self.say(&format!("{}: {result} in {}", paint.bold(stack), human(elapsed)));
        }
        self.took(stack, "the stack", elapsed);
    }

    /// Remembers how long something took, for the end.
    pub(crate) fn took(&self, stack: &str, what: &str, elapsed: Duration) {
        let timing = Timing { stack: stack.to_owned(), what: what.to_owned(), elapsed };
        self.times.borrow_mut().push(timing);
    }

    /// Remembers how long the resources of a stack took.
    pub(crate) fn took_resources(&self, stack: &str, events: &[StackEvent]) {
        let mut began: BTreeMap<(&str, &str), Time> = BTreeMap::new();
        for event in events.iter().filter(|event| !event.is_of_stack()) {
            let key = (event.stack_id.as_str(), event.logical_id.as_str());
            if event.status.ends_with("_IN_PROGRESS") {
                began.entry(key).or_insert(event.time);
            } else if let Some(start) = began.remove(&key) {
                let what = format!("{} ({})", event.logical_id, event.type_name);
                self.took(stack, &what, event.time.since(start));
            }
        }
    }

    /// What took longest, and how everything ended, at the end of it.
    pub(crate) fn tell_times(&self, sum: &str, elapsed: Duration) {
        const SHOWN: usize = 5;
        let mut times = self.times.borrow().clone();
        times.sort_by_key(|timing| std::cmp::Reverse(timing.elapsed));
        let times: Vec<&Timing> =
            times.iter().filter(|it| it.what != "the stack").take(SHOWN).collect();
        let list: Vec<Node> = times
            .iter()
            .map(|timing| {
                let mut map = Map::new();
                map.insert("stack", timing.stack.as_str());
                map.insert("resource", timing.what.as_str());
                map.insert("seconds", seconds(timing.elapsed));
                Node::Map(map)
            })
            .collect();
        self.json("times", [("seconds", seconds(elapsed).into()), ("longest", list.into())]);
        if self.style == Style::Json {
            return;
        }
        let long: Vec<String> = times
            .iter()
            .filter(|timing| timing.elapsed >= Duration::from_secs(1))
            .map(|timing| {
                format!("  {:>7}  {}: {}", human(timing.elapsed), timing.stack, timing.what)
            })
            .collect();
        if !long.is_empty() {
            self.say(&format!("what took longest:\n{}", long.join("\n")));
        }
        self.say(&format!("{sum} in {}", human(elapsed)));
    }
}

fn seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1000.0).round() / 1000.0
}

/// `0.4 s`, `12 s`, `3 min 20 s`.
pub(crate) fn human(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0..10 => format!("{:.1} s", elapsed.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_as_people_do() {
        assert_eq!(human(Duration::from_millis(420)), "0.4 s");
        assert_eq!(human(Duration::from_secs(12)), "12 s");
        assert_eq!(human(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn programs_get_one_object_a_line() {
        let (mut terminal, captured) = Terminal::captured();
        let progress = Progress::new(&mut terminal, true);
        progress.begin("Network", "deploying", 3);
        progress.say("hello");
        progress.end("Network", "CREATE_COMPLETE", true, Duration::from_millis(1500));
        insta::assert_snapshot!(captured.out(), @r#"
        {"type":"stack","stack":"Network","status":"deploying"}
        {"type":"note","message":"hello"}
        {"type":"stack","stack":"Network","status":"CREATE_COMPLETE","ok":true,"seconds":1.5}
        "#);
    }
}
