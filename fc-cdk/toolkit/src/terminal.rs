//! [`Terminal`], the only place that prints.

use std::{
    fmt,
    io::{self, ErrorKind, IsTerminal, Read, Write},
    sync::{Arc, Mutex, PoisonError},
};

use terminal_size::terminal_size_of;

use crate::{
    error::{Error, reason},
    variables::Variables,
    wrap::wrap_after,
};

/// How many columns there are where that is not known, such as in a file.
const WIDTH: usize = 120;

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal or where `CLICOLOR_FORCE` is set, unless `NO_COLOR` is.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output for results, standard error for everything said about them.
pub struct Terminal {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    out_paint: Paint,
    err_paint: Paint,
    width: usize,
    /// Whether lines are broken at the width: those of a person, not those of a program that searches in them.
    wraps: bool,
    /// Whether somebody is there to see and to answer.
    interactive: bool,
    closed: bool,
    /// Whether standard output was given anything.
    printed: bool,
    /// What is read in place of standard input, in tests.
    input: Option<Vec<u8>>,
}

impl Terminal {
    /// The process's own streams.
    pub fn stdio(variables: &Variables) -> Terminal {
        let color = |is_terminal: bool| {
            Paint((is_terminal || variables.force_color) && !variables.no_color)
        };
        let own = || terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0));
        let columns = variables.columns.or_else(own).filter(|columns| *columns > 0);
        Terminal {
            out_paint: color(io::stdout().is_terminal()),
            err_paint: color(io::stderr().is_terminal()),
            out: Box::new(io::BufWriter::new(io::stdout())),
            err: Box::new(io::BufWriter::new(io::stderr())),
            width: columns.unwrap_or(WIDTH),
            wraps: columns.is_some(),
            interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            closed: false,
            printed: false,
            input: None,
        }
    }

    /// Streams that only remember what is printed, for tests: the second is what [`Captured`] gives back.
    pub fn captured() -> (Terminal, Captured) {
        let captured = Captured::default();
        let terminal = Terminal {
            out: Box::new(Sink(captured.out.clone())),
            err: Box::new(Sink(captured.err.clone())),
            out_paint: Paint(false),
            err_paint: Paint(false),
            width: WIDTH,
            wraps: false,
            interactive: false,
            closed: false,
            printed: false,
            input: Some(Vec::new()),
        };
        (terminal, captured)
    }

    /// The same with so many columns, as a person's terminal has them: long lines are broken.
    #[must_use]
    pub fn with_columns(mut self, columns: usize) -> Terminal {
        (self.width, self.wraps) = (columns, true);
        self
    }

    /// The same with what a command reads from standard input.
    #[must_use]
    pub fn with_input(mut self, input: impl Into<Vec<u8>>) -> Terminal {
        self.input = Some(input.into());
        self
    }

    /// Everything on standard input, which is gone then.
    pub(crate) fn read_input(&mut self) -> Result<Vec<u8>, Error> {
        if let Some(input) = &mut self.input {
            return Ok(std::mem::take(input));
        }
        let mut bytes = Vec::new();
        let read = io::stdin().read_to_end(&mut bytes);
        read.map_err(|error| {
            Error::new(format!("cannot read standard input: {}", reason(&error)))
        })?;
        Ok(bytes)
    }

    pub(crate) fn set_color(&mut self, color: Color) {
        let on = match color {
            Color::Auto => return,
            Color::Always => true,
            Color::Never => false,
        };
        (self.out_paint, self.err_paint) = (Paint(on), Paint(on));
    }

    /// Colors for standard output.
    pub fn out_paint(&self) -> Paint {
        self.out_paint
    }

    /// Colors for standard error.
    pub fn err_paint(&self) -> Paint {
        self.err_paint
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Where long lines are broken, if they are.
    pub(crate) fn wraps_at(&self) -> Option<usize> {
        self.wraps.then_some(self.width)
    }

    /// Whether somebody is there to see and to answer.
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Asks a question, which is answered with yes or no; no answer is no.
    ///
    /// # Errors
    ///
    /// When the answer cannot be read, or nobody is there to give one.
    pub fn ask(&mut self, question: impl fmt::Display) -> Result<bool, Error> {
        if !self.interactive {
            return Err(Error::new("nobody is there to answer: this is no terminal"));
        }
        let _ = write!(self.err, "{question} [y/N] ");
        let _ = self.err.flush();
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        read.map_err(|error| Error::new(format!("cannot read the answer: {}", reason(&error))))?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes" | "YES"))
    }

    /// Asks for a text.
    ///
    /// # Errors
    ///
    /// As [`ask`](Terminal::ask).
    pub fn ask_text(&mut self, question: impl fmt::Display) -> Result<String, Error> {
        if !self.interactive {
            return Err(Error::new("nobody is there to answer: this is no terminal"));
        }
        let _ = write!(self.err, "{question}: ");
        let _ = self.err.flush();
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        read.map_err(|error| Error::new(format!("cannot read the answer: {}", reason(&error))))?;
        Ok(answer.trim().to_owned())
    }

    /// Writes a result to standard output, as it is.
    ///
    /// # Errors
    ///
    /// When the stream does not take it, such as a full disk. A reader that has gone (`… | head`) is no error.
    pub fn print(&mut self, text: &str) -> Result<(), Error> {
        self.printed |= !text.is_empty();
        let done = self.out.write_all(text.as_bytes());
        self.check(done)
    }

    /// The same with a line break.
    ///
    /// # Errors
    ///
    /// As [`print`](Terminal::print).
    pub fn line(&mut self, text: impl fmt::Display) -> Result<(), Error> {
        self.print(&format!("{text}\n"))
    }

    /// Writes a line to standard error. Where that cannot be written, nobody can be told.
    pub fn note(&mut self, text: impl fmt::Display) {
        let _ = writeln!(self.err, "{text}");
    }

    /// Says why a command failed, on standard error.
    pub(crate) fn error(&mut self, error: &Error) {
        if error.is_reported() {
            return;
        }
        let (paint, width) = (self.err_paint, self.wraps_at());
        let head = match error.code() {
            Some(code) => format!("error[{code}]"),
            None => "error".to_owned(),
        };
        let said = wrap_after(head.len() + ": ".len(), &error.to_string(), width);
        self.note(format_args!("{}{} {said}", paint.red(head), paint.bold(":")));
        if let Some(help) = error.help_text() {
            let help = wrap_after("help: ".len(), help, width);
            self.note(format_args!("{}: {help}", paint.bold("help")));
        }
    }

    /// Whether there is anything on standard output yet.
    pub(crate) fn has_printed(&self) -> bool {
        self.printed
    }

    /// Hands everything to the system.
    ///
    /// # Errors
    ///
    /// As [`print`](Terminal::print).
    pub fn flush(&mut self) -> Result<(), Error> {
        let _ = self.err.flush();
        let done = self.out.flush();
        self.check(done)
    }

    fn check(&mut self, done: io::Result<()>) -> Result<(), Error> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.out = Box::new(io::sink());
                Ok(())
            }
            // Said once; what follows goes nowhere.
            Err(error) if !self.closed => {
                self.closed = true;
                self.out = Box::new(io::sink());
                Err(Error::new(format!("cannot write to standard output: {}", reason(&error))))
            }
            _ => Ok(()),
        }
    }
}

/// Colors, or none.
#[derive(Clone, Copy, Debug)]
pub struct Paint(bool);

impl Paint {
    /// Whether anything is colored.
    pub fn is_on(self) -> bool {
        self.0
    }

    /// Strong.
    pub fn bold(self, text: impl fmt::Display) -> String {
        self.with("1", text)
    }

    /// Faint.
    pub fn dim(self, text: impl fmt::Display) -> String {
        self.with("2", text)
    }

    /// Strong red, for errors.
    pub fn red(self, text: impl fmt::Display) -> String {
        self.with("1;31", text)
    }

    /// Yellow, for warnings.
    pub fn yellow(self, text: impl fmt::Display) -> String {
        self.with("33", text)
    }

    /// Cyan, for names of types.
    pub fn cyan(self, text: impl fmt::Display) -> String {
        self.with("36", text)
    }

    fn with(self, code: &str, text: impl fmt::Display) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// What a [captured](Terminal::captured) terminal was given.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    out: Arc<Mutex<Vec<u8>>>,
    err: Arc<Mutex<Vec<u8>>>,
}

impl Captured {
    /// What went to standard output.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.out.lock().unwrap_or_else(PoisonError::into_inner))
            .into_owned()
    }

    /// What went to standard error.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.err.lock().unwrap_or_else(PoisonError::into_inner))
            .into_owned()
    }
}

struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
