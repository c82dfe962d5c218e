//! Removes what should not have been kept from everywhere it is kept, and reports what it removed, never a value.
//!
//! Left to others: deciding who may (`guard`), rewriting each kind of file (its owner).
