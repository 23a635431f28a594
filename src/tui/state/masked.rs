//! A field for a secret: typed and pasted, never shown, wiped when it goes.
//!
//! Values only.

use std::fmt;

use zeroize::Zeroizing;

use crate::exchange::Secret;

/// A longer secret is not taken: room for it is made once, so that no growth leaves a copy behind.
const LONGEST: usize = 16 * 1024;

/// The text of a masked field and where one stands in it.
pub struct Masked {
    text: Zeroizing<String>,
    /// How many characters stand before the cursor.
    cursor: usize,
}

impl Default for Masked {
    fn default() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(LONGEST)), cursor: 0 }
    }
}

impl Masked {
    /// How many characters there are: all that the screen may know.
    pub fn len(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// How many characters stand before the cursor.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// What was typed.
    pub fn secret(&self) -> Secret {
        Secret::new(self.text.as_str())
    }

    /// Puts text in at the cursor; says whether there was room for it. Without room nothing is put in.
    pub fn insert(&mut self, text: &str) -> bool {
        if self.text.len() + text.len() > LONGEST {
            return false;
        }
        let at = self.byte(self.cursor);
        self.text.insert_str(at, text);
        self.cursor += text.chars().count();
        true
    }

    /// Takes out the character before the cursor.
    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.delete();
        }
    }

    /// Takes out the character at the cursor.
    pub fn delete(&mut self) {
        let at = self.byte(self.cursor);
        if at < self.text.len() {
            self.text.remove(at);
        }
    }

    /// Moves the cursor by so many characters, within the text.
    pub fn move_by(&mut self, characters: isize) {
        self.cursor = self.cursor.saturating_add_signed(characters).min(self.len());
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        // A wiped string gives its room back.
        *self = Self::default();
    }

    fn byte(&self, character: usize) -> usize {
        self.text.char_indices().nth(character).map_or(self.text.len(), |(at, _)| at)
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masked({} characters)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_edited_like_any_field_and_shows_nothing() {
        let mut field = Masked::default();
        assert!(field.insert("sécret"));
        field.move_by(-4);
        field.backspace();
        field.insert("e");
        field.move_by(isize::MIN);
        field.delete();
        assert_eq!(field.secret(), Secret::new("ecret"));
        assert_eq!((field.len(), field.cursor()), (5, 0));
        assert_eq!(format!("{field:?}"), "Masked(5 characters)");
        field.clear();
        assert!(field.is_empty());
    }

    #[test]
    fn what_is_too_long_is_not_taken_in_part() {
        let mut field = Masked::default();
        assert!(!field.insert(&"x".repeat(LONGEST + 1)));
        assert!(field.is_empty());
        assert!(field.insert(&"x".repeat(LONGEST)));
        assert!(!field.insert("y"));
        assert_eq!(field.text.capacity(), LONGEST, "it never grew");
    }
}
