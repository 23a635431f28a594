//! What the exit code says.

use std::process::ExitCode;

use crate::engine::Weight;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: as it should be.
    Fine,
    /// 1: the answer is no.
    No,
    /// 2: wrong usage or configuration.
    Usage,
    /// 3: no usable answer.
    NoAnswer,
    /// 130: ended by ctrl-c.
    Cancelled,
    /// The code of the program that was run.
    Program(u8),
}

impl Exit {
    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::NoAnswer => 3,
            Self::Cancelled => 130,
            Self::Program(code) => code,
        }
    }

    /// The worse of two: no answer outranks a no only where the caller says so.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self == Self::Fine { other } else { self }
    }
}

impl From<Weight> for Exit {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::No => Self::No,
            Weight::Configuration => Self::Usage,
            Weight::NoAnswer => Self::NoAnswer,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
