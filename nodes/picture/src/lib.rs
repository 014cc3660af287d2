//! The pack of picture arithmetic.
