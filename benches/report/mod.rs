//! What a bench found: tables for a person, JSON for a script. Shared by the benches; measures nothing itself but the
//! machine's noise.

pub mod machine;
pub mod process;
pub mod spread;

use serde_json::{Map, Value, json};

/// Everything a bench found.
pub struct Report {
    title: &'static str,
    sections: Vec<Section>,
}

/// One table.
pub struct Section {
    title: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// One field of a table.
pub enum Cell {
    /// Not measured here.
    Nothing,
    Text(String),
    Number {
        value: f64,
        unit: &'static str,
    },
    /// A number beside what it should be.
    Judged {
        value: f64,
        unit: &'static str,
        budget: Budget,
    },
}

/// What a number should be. Said, never enforced: a noisy machine is no mistake of the program's.
#[derive(Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

impl Report {
    pub fn new(title: &'static str) -> Self {
        Self { title, sections: Vec::new() }
    }

    pub fn add(&mut self, section: Section) {
        self.sections.push(section);
    }

    /// Writes to stdout: JSON when asked for, else tables.
    pub fn print(&self, as_json: bool) {
        if as_json {
            println!("{:#}", self.as_json());
            return;
        }
        println!("{}", self.title);
        for section in &self.sections {
            println!("\n{}", section.text());
        }
    }

    fn as_json(&self) -> Value {
        let sections: Map<String, Value> =
            self.sections.iter().map(|section| (section.title.clone(), section.as_json())).collect();
        json!({ "bench": self.title, "results": sections })
    }
}

impl Section {
    /// A table with these columns; the first names what a row is about.
    pub fn new(title: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { title: title.into(), columns: columns.to_vec(), rows: Vec::new() }
    }

    pub fn row(&mut self, what: impl Into<String>, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(std::iter::once(Cell::Text(what.into())).chain(cells).collect());
    }

    fn text(&self) -> String {
        let heads: Vec<String> = std::iter::once(self.title.clone())
            .chain(self.columns.iter().skip(1).map(|column| (*column).to_owned()))
            .collect();
        let rows: Vec<Vec<String>> =
            std::iter::once(heads).chain(self.rows.iter().map(|row| row.iter().map(Cell::text).collect())).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max())
            .map(Option::unwrap_or_default)
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn as_json(&self) -> Value {
        let row = |row: &Vec<Cell>| -> Value {
            let named = self.columns.iter().zip(row).filter(|(_, cell)| !matches!(cell, Cell::Nothing));
            named.map(|(name, cell)| ((*name).to_owned(), cell.as_json())).collect::<Map<_, _>>().into()
        };
        self.rows.iter().map(row).collect()
    }
}

impl Cell {
    pub fn number(value: f64, unit: &'static str) -> Self {
        Self::Number { value, unit }
    }

    /// A number that is there on some systems only.
    pub fn some(value: Option<f64>, unit: &'static str) -> Self {
        value.map_or(Self::Nothing, |value| Self::number(value, unit))
    }

    pub fn judged(value: f64, unit: &'static str, budget: Budget) -> Self {
        Self::Judged { value, unit, budget }
    }

    /// The same for one that is there on some systems only.
    pub fn judged_if(value: Option<f64>, unit: &'static str, budget: Budget) -> Self {
        value.map_or(Self::Nothing, |value| Self::judged(value, unit, budget))
    }

    fn text(&self) -> String {
        match self {
            Self::Nothing => "-".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number { value, unit } => with_unit(*value, unit),
            Self::Judged { value, unit, budget } => {
                let (sign, limit) = match budget {
                    Budget::AtMost(limit) => ("≤", limit),
                    Budget::AtLeast(limit) => ("≥", limit),
                };
                let verdict = if budget.is_met(*value) { "met   " } else { "missed" };
                format!("{} ({sign} {}) {verdict}", with_unit(*value, unit), with_unit(*limit, ""))
            }
        }
    }

    fn as_json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => json!(text),
            Self::Number { value, unit } => json!({ "value": value, "unit": unit }),
            Self::Judged { value, unit, budget } => {
                let (name, limit) = match budget {
                    Budget::AtMost(limit) => ("at_most", limit),
                    Budget::AtLeast(limit) => ("at_least", limit),
                };
                json!({ "value": value, "unit": unit, name: limit, "met": budget.is_met(*value) })
            }
        }
    }
}

impl Budget {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

/// As many digits as say something.
fn with_unit(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        small if small < 10.0 && small.fract() != 0.0 => 2,
        middle if middle < 100.0 && middle.fract() != 0.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}
