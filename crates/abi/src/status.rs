//! How a function of the boundary ended.

/// How a function of the boundary ended: 0 is good, and what it was to write has been written only then.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub i32);

impl Status {
    /// It is done.
    pub const OK: Self = Self(0);
    /// It failed; of a host's function the reason is in the log, of a plugin's it was told by `weft.fail`.
    pub const FAILED: Self = Self(-1);
    /// The run has been cancelled: return this from `weft.run`.
    pub const CANCELLED: Self = Self(-2);
    /// The input was left out.
    pub const ABSENT: Self = Self(-3);
    /// The call or value is none: it was never given, has been released, or belongs to another call.
    pub const NO_SUCH: Self = Self(-4);
    /// The value is of another kind.
    pub const WRONG_KIND: Self = Self(-5);
    /// A length, a shape or a size contradicts what it stands beside, or a pointer is null.
    pub const WRONG_SIZE: Self = Self(-6);
    /// A text is not UTF-8.
    pub const NOT_UTF8: Self = Self(-7);
    /// The plugin panicked; what it said was told by `weft.fail`.
    pub const PANICKED: Self = Self(-8);

    /// Whether it is done.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }
}
