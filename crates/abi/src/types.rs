//! What crosses by value.

/// One call of a node, as the host numbers it. 0 is none.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call(pub u64);

/// A value within one call, as the host numbers it: good until it is released or the call ends. 0 is none.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Value(pub u64);

/// UTF-8 text that somebody else owns; `bytes` may be null where `length` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The first byte; there is no NUL at the end.
    pub bytes: *const u8,
    /// How many bytes.
    pub length: usize,
}

impl Text {
    /// A text that lives as long as `text` does.
    pub const fn of(text: &str) -> Self {
        Self {
            bytes: text.as_ptr(),
            length: text.len(),
        }
    }
}

/// What a value is.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub u32);

impl Kind {
    /// A value that only wires carry through: a network, an instruction.
    pub const OTHER: Self = Self(0);
    /// A truth value.
    pub const BOOL: Self = Self(1);
    /// A whole number.
    pub const INTEGER: Self = Self(2);
    /// A number.
    pub const NUMBER: Self = Self(3);
    /// A text; a word of a choice and the path of a file or folder as well.
    pub const TEXT: Self = Self(4);
    /// A seed: a whole number without sign, in the bits of a signed one.
    pub const SEED: Self = Self(5);
    /// A colour: red, green, blue, alpha, sRGB-encoded, straight, each 0 to 1.
    pub const COLOR: Self = Self(6);
    /// A list of values of one type.
    pub const LIST: Self = Self(7);
    /// A picture.
    pub const IMAGE: Self = Self(8);
    /// Coverage, pixel by pixel.
    pub const MASK: Self = Self(9);
}

/// How the numbers of a picture stand for light.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space(pub u32);

impl Space {
    /// sRGB-encoded, as in files.
    pub const SRGB: Self = Self(0);
    /// In proportion to light.
    pub const LINEAR: Self = Self(1);
}

/// The shape of a picture or mask. Its numbers are `f32`, batch after batch, in each channel after channel (red, green, blue,
/// alpha, straight), in each row after row from the top; 0 is black and 1 white, values beyond are allowed.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// [`Kind::IMAGE`] or [`Kind::MASK`].
    pub kind: Kind,
    /// How the numbers stand for light; of a mask [`Space::SRGB`].
    pub space: Space,
    /// Pictures, at least 1.
    pub batch: u32,
    /// 1, 3 or 4; of a mask 1.
    pub channels: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// Columns, at least 1.
    pub width: u32,
}

impl Shape {
    /// How many numbers it has; `None` if that is more than memory can hold.
    #[must_use]
    pub fn numbers(&self) -> Option<usize> {
        [self.batch, self.channels, self.height, self.width]
            .iter()
            .try_fold(1usize, |all, axis| all.checked_mul(*axis as usize))
    }
}

/// A WGSL program to run on pictures where they are. The program sees, in group 0: each input as `var<storage, read_write>
/// …: array<f32>` at bindings 0, 1, …, of which it only reads; then the result, alike; then, if there are any, the uniforms
/// as `var<storage, read> …: array<f32>`. Its entry is `main`, of `@workgroup_size(64)`, called at least once for each number
/// of the result, which is the one at `id.x + id.y * groups.x * 64`, of `@builtin(global_invocation_id) id` and
/// `@builtin(num_workgroups) groups`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// `sizeof` this struct.
    pub size: u32,
    /// How many inputs.
    pub inputs_length: u32,
    /// The program.
    pub source: Text,
    /// Pictures and masks.
    pub inputs: *const Value,
    /// Numbers that the program reads.
    pub uniforms: *const f32,
    /// How many numbers.
    pub uniforms_length: usize,
    /// The shape of the result.
    pub shape: Shape,
}

/// How much a line of the log matters.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(pub u32);

impl Level {
    /// For who looks for a mistake.
    pub const DEBUG: Self = Self(0);
    /// For who watches.
    pub const INFO: Self = Self(1);
    /// The result may not be what was wanted.
    pub const WARNING: Self = Self(2);
}
