//! The store as a whole.

mod aliases;
mod damage;
mod recall;
mod receipts;
mod sharing;
