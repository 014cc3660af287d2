//! What a running node may ask of its host.

use weft_abi::{Kind, Level, Shape};

use crate::{AnyValue, Error, Image, Mask, Result, boundary::Host, picture::Picture};

/// What a running node may ask of its host. There is no clock, no environment and nothing global; randomness comes from an
/// input of type `Seed`.
pub struct Context {
    host: Option<Host>,
}

impl Context {
    /// A context without a host, to call a node in a test.
    pub fn detached() -> Self {
        Self { host: None }
    }

    pub(crate) fn of(host: Host) -> Self {
        Self { host: Some(host) }
    }

    /// Says that `done` of `total` steps are done; a loop that reports can be stopped.
    ///
    /// # Errors
    /// The run has been cancelled: pass the error on.
    pub fn step(&self, done: usize, total: usize) -> Result<()> {
        let stepped = self.host.map(|host| host.step(done as u64, total as u64));
        stepped
            .unwrap_or(Ok(()))
            .map_err(|status| Error::host("hear of a step", status))
    }

    /// Shows what there is so far.
    pub fn preview(&self, image: &Image) {
        let Some(host) = self.host else { return };
        // A preview that the host does not take is lost, which harms nothing.
        let made = AnyValue::Image(image.clone()).make(host);
        let _ = made.and_then(|value| host.preview(value));
    }

    /// Writes a line for who watches the run.
    pub fn info(&self, line: &str) {
        self.log(Level::INFO, line);
    }

    /// Writes a line that says that the result may not be what was wanted.
    pub fn warn(&self, line: &str) {
        self.log(Level::WARNING, line);
    }

    /// Writes a line for who looks for a mistake.
    pub fn debug(&self, line: &str) {
        self.log(Level::DEBUG, line);
    }

    fn log(&self, level: Level, line: &str) {
        if let Some(host) = self.host {
            host.log(level, line);
        }
    }

    /// Runs a WGSL program on pictures where they are; the result is like `like`, with other numbers.
    ///
    /// The program sees, in group 0: each of `inputs` as `var<storage, read_write> …: array<f32>` at bindings 0, 1, …, of which
    /// it only reads; then the result, alike; then, if there are any, `uniforms` as `var<storage, read> …: array<f32>`. Its
    /// entry is `main`, of `@workgroup_size(64)`, called at least once for each number of the result, which is the one at
    /// `id.x + id.y * groups.x * 64`, of `@builtin(global_invocation_id) id` and `@builtin(num_workgroups) groups`.
    ///
    /// # Errors
    /// The program is wrong, there is nothing here that runs it, or there is no host.
    pub fn wgsl(
        &self,
        source: &str,
        inputs: &[&Image],
        uniforms: &[f32],
        like: &Image,
    ) -> Result<Image> {
        self.shader(
            source,
            inputs,
            (uniforms, like.picture().shape(Kind::IMAGE)),
        )
        .map(Image::of)
    }

    /// The same for a program whose result is a mask of the size of `like`.
    ///
    /// # Errors
    /// As for [`Context::wgsl`].
    pub fn wgsl_mask(
        &self,
        source: &str,
        inputs: &[&Image],
        uniforms: &[f32],
        like: &Image,
    ) -> Result<Mask> {
        let shape = Shape {
            channels: 1,
            ..like.picture().shape(Kind::MASK)
        };
        self.shader(source, inputs, (uniforms, shape)).map(Mask::of)
    }

    fn shader(
        &self,
        source: &str,
        inputs: &[&Image],
        (uniforms, shape): (&[f32], Shape),
    ) -> Result<Picture> {
        let host = self.host.ok_or_else(|| {
            Error::Missing(
                "a program runs only within Weft, not in a test without a host".to_owned(),
            )
        })?;
        let cannot = |status| Error::host("run the program", status);
        let inputs = inputs
            .iter()
            .map(|image| AnyValue::Image((*image).clone()).make(host));
        let inputs = inputs.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
        let made = host
            .wgsl(source, &inputs, (uniforms, shape))
            .map_err(cannot)?;
        Picture::held(host, made).map_err(cannot)
    }
}
